"""What most rules ask: a property has one of some values, is there, or names a key of ours."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from compliance.keys import is_customer_key
from compliance.resources import Resource, dig, known
from compliance.rule import Context, Problem

_TOKEN = re.compile(r"\$\{[^{}]*\}")
Holder = Resource | Mapping[str, Any]
"""A resource, or an object among its properties."""


def look(holder: Holder, path: str, default: Any = None) -> Any:
    """Return what is under a dotted path; the texts true and false are the booleans they mean.

    Raises IndeterminateError when it, or something above it, could not be resolved.
    """
    properties = holder.properties if isinstance(holder, Resource) else holder
    return plain(dig(properties, *path.split("."), default=default))


def plain(value: Any) -> Any:
    """Return the boolean that a text means, and any other value as it is."""
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    return value


def objects(holder: Holder, path: str) -> list[dict[str, Any]]:
    """Return the list of objects under a dotted path, a single object as a list of one.

    Raises IndeterminateError when the list or one of its members could not be resolved.
    """
    found = look(holder, path, default=[])
    many = found if isinstance(found, list) else [found]
    return [known(one, path) for one in many]


def expect(
    holder: Holder, path: str, *allowed: Any, default: Any = None, why: str = "", place: str = ""
) -> Iterator[Problem]:
    """Yield a problem unless the property under the path is one of the allowed values.

    `default` is what AWS takes when it is not set; `place` says where an object stands, for
    example a container's name, and begins the finding.
    """
    value = look(holder, path, default)
    if value not in allowed:
        yield problem(place, path, f"is {'not set' if value is None else value}", why)


def present(holder: Holder, path: str, *, why: str = "", place: str = "") -> Iterator[Problem]:
    """Yield a problem when the property under the path is missing or empty."""
    if not look(holder, path):
        yield problem(place, path, "is not set", why)


def own_key(holder: Holder, path: str, context: Context, *, place: str = "") -> Iterator[Problem]:
    """Yield a problem unless the property under the path is a customer-managed key."""
    value = look(holder, path)
    if value is None:
        yield problem(place, path, "is not set", "no key of ours encrypts it")
    elif not is_customer_key(value, context):
        yield problem(place, path, f"is {value}", "that is no customer-managed key")


def problem(place: str, path: str, state: str, why: str = "") -> Problem:
    """Return a problem with a property, told apart by where it stands."""
    where = f"{place}.{path}" if place else path
    return Problem(f"{where} {state}{f': {why}' if why else ''}", finding=where)


def moves(image: Any) -> bool:
    """Say whether the name of a container image can mean another image tomorrow."""
    if not isinstance(image, str) or "@sha256:" in image:
        return False
    _, _, tag = _TOKEN.sub("x", image).rpartition("/")[2].partition(":")
    return tag in ("", "latest")
