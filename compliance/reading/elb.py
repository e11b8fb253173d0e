"""Load balancers: their settings are a list of named attributes."""

from collections.abc import Iterator
from typing import Any

from compliance.reading.checks import look, objects
from compliance.resources import Resource
from compliance.rule import Problem

APPLICATION = "application"


def is_application(balancer: Resource, _: Any) -> bool:
    """Say whether it speaks HTTP; that is what a load balancer is by default."""
    return bool(look(balancer, "Type", APPLICATION) == APPLICATION)


def has_logs(balancer: Resource, _: Any) -> bool:
    """Say whether it can log connections; a gateway load balancer cannot."""
    return bool(look(balancer, "Type", APPLICATION) != "gateway")


def attributes(balancer: Resource) -> dict[str, str]:
    """Return the attributes by name, their values as text."""
    listed = objects(balancer, "LoadBalancerAttributes")
    return {str(look(one, "Key")): str(look(one, "Value")).lower() for one in listed}


def expect(
    given: dict[str, str], key: str, *allowed: str, default: str = "false"
) -> Iterator[Problem]:
    """Yield a problem unless an attribute has one of the allowed values."""
    value = given.get(key, default)
    if value not in allowed:
        yield Problem(f"{key} is {value}", finding=key)
