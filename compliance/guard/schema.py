"""What the official resource schemas, which cfn-lint ships, say of a change."""

from dataclasses import dataclass
from functools import cache
from typing import Any

REGION = "us-east-1"
"""The region with the most resource types; what cannot be changed is the same everywhere."""
_START = "/properties/"


@dataclass(frozen=True, slots=True)
class Updates:
    """The properties (as compliance.guard.paths) whose change replaces, surely or perhaps."""

    surely: tuple[str, ...] = ()
    perhaps: tuple[str, ...] = ()


@cache
def updates(resource_type: str) -> Updates:
    """Return what a change of a type's properties does; nothing for a type without schema."""
    # 0.6 s, which only a change of stateful data costs.
    from cfnlint.schema import ResourceNotFoundError  # noqa: PLC0415
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # noqa: PLC0415

    try:
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, resource_type).schema
    except ResourceNotFoundError:
        return Updates()
    return Updates(
        _paths(schema, "createOnlyProperties"), _paths(schema, "conditionalCreateOnlyProperties")
    )


def _paths(schema: dict[str, Any], key: str) -> tuple[str, ...]:
    return tuple(pointer.removeprefix(_START) for pointer in schema.get(key, ()))
