"""Tags of a resource, whichever of the two shapes its type has."""

import json
from pathlib import Path
from typing import Any

from compliance.resources import Resource

# The property that holds the tags of each type, from the official resource schemas.
TAGGABLE: dict[str, str] = json.loads(
    (Path(__file__).parent / "taggable.json").read_text(encoding="utf-8")
)

UNLISTED = {"AWS::FSx::FileSystem": "Tags"}
"""Types that take tags although their schemas do not say so."""


def tags_of(resource: Resource, key: str) -> dict[str, Any]:
    """Return the tags under a property as a mapping; empty when there are none.

    Raises IndeterminateError when the property could not be resolved.
    """
    tags = resource.get(*key.split("/"), default={})
    if isinstance(tags, dict):
        return tags
    return {tag["Key"]: tag["Value"] for tag in tags if "Key" in tag and "Value" in tag}
