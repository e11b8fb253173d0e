"""Safe defaults that reach every construct of an app, nested stacks included."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_cdk import App

    from compliance.settings import Settings


def tags(config: "Settings") -> dict[str, str]:
    """Return the tags that every resource carries."""
    return {
        "project": config.tags.project,
        "environment": config.name,
        "cost-center": config.tags.cost_center,
        "owner": config.tags.owner,
    }


def apply_defaults(app: "App", config: "Settings") -> None:
    """Give every resource what no room should have to think of.

    Call it before the first stack is made: defaults are asked for when a construct is.
    """
    from aws_cdk import PropertyInjectors, Tags  # noqa: PLC0415 (a third of a second)

    from compliance.defaults.injectors import injectors  # noqa: PLC0415

    PropertyInjectors.of(app).add(*injectors())
    for key, value in tags(config).items():
        Tags.of(app).add(key, value)
