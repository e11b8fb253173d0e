"""EC2 instances: as a launch template has them, and as a plain instance does."""

from typing import Any

from compliance.reading.checks import Holder, look
from compliance.resources import Resource

TEMPLATE = "AWS::EC2::LaunchTemplate"


def data(instance: Resource) -> Holder:
    """Return what holds the settings of the instances."""
    if instance.type == TEMPLATE:
        found: dict[str, Any] = look(instance, "LaunchTemplateData", {})
        return found
    return instance


def is_template_or_plain(instance: Resource, _: Any) -> bool:
    """Say whether the settings stand here: an instance with a template has them there."""
    return instance.type != "AWS::EC2::Instance" or look(instance, "LaunchTemplate") is None
