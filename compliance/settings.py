"""What the gate must know of an environment: a structural view of its configuration."""

from typing import Protocol


class TagSettings(Protocol):
    """The values of the required tags."""

    @property
    def project(self) -> str: ...  # noqa: D102
    @property
    def cost_center(self) -> str: ...  # noqa: D102
    @property
    def owner(self) -> str: ...  # noqa: D102


class Settings(Protocol):
    """An environment; infra.config.EnvironmentConfig is one."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def stage(self) -> str: ...  # noqa: D102
    @property
    def permissions_boundary(self) -> str | None: ...  # noqa: D102
    @property
    def tags(self) -> TagSettings: ...  # noqa: D102
