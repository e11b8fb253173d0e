"""Tags of a resource, whichever of the two shapes its type has."""

from typing import Any

from compliance.resources import Resource


def tags_of(resource: Resource, key: str) -> dict[str, Any]:
    """Return the tags under a property as a mapping; empty when there are none.

    Raises IndeterminateError when the property could not be resolved.
    """
    tags = resource.get(*key.split("/"), default={})
    if isinstance(tags, dict):
        return tags
    return {tag["Key"]: tag["Value"] for tag in tags if "Key" in tag and "Value" in tag}
