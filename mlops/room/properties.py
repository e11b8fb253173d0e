"""CloudFormation's property names as the CDK's L1 classes take them."""

import re
from typing import Any

ACRONYM = re.compile(r"[A-Z]{2,}(?=[A-Z][a-z]|\d|$)")


def properties(value: Any) -> Any:
    """Return nested properties with the CDK's names: VolumeSizeInGB becomes volumeSizeInGb.

    For what has no typed property class worth its length; free-form maps do not belong here.
    """
    if isinstance(value, dict):
        return {_name(key): properties(item) for key, item in value.items()}
    if isinstance(value, list):
        return [properties(item) for item in value]
    return value


def _name(name: str) -> str:
    name = ACRONYM.sub(lambda match: match[0].capitalize(), name)
    return name[0].lower() + name[1:]
