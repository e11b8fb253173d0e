"""Every value inside a resolved property, and every resource that it mentions."""

import re
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from compliance.intrinsics import Reference
from compliance.resources import Resource, Resources

_MENTION = re.compile(r"\$\{([A-Za-z0-9]+)\.")
Found = TypeVar("Found")


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield each value that is neither object nor list, with the names above it."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from leaves(member, (*path, str(key)))
    elif isinstance(value, list):
        for member in value:
            yield from leaves(member, path)
    else:
        yield path, value


def mentions(value: Any) -> Iterator[str]:
    """Yield the logical ids of the resources that a value mentions, inside texts too."""
    for _, leaf in leaves(value):
        if isinstance(leaf, Reference):
            yield leaf.logical_id
        elif isinstance(leaf, str):
            yield from _MENTION.findall(leaf)


def mentioned(resource: Resource, resources: Resources, *types: str) -> list[Resource]:
    """Return the resources of some types that the properties of a resource refer to."""
    found = {}
    for _, leaf in leaves(resource.properties):
        target = resources.at(leaf)
        if target and target.type in types:
            found[target.template.file, target.logical_id] = target
    return list(found.values())


def token(resource: Resource, attribute: str = "Ref") -> str:
    """Return how a text mentions a resource, or an attribute of it."""
    return str(Reference(resource.template.file, resource.logical_id, attribute))


def once(question: Callable[[Resources], Found]) -> Callable[[Resources], Found]:
    """Keep the answer to a question about a whole platform for as long as that platform lives."""
    answers: WeakKeyDictionary[Resources, Found] = WeakKeyDictionary()

    @wraps(question)
    def asked(resources: Resources) -> Found:
        if resources not in answers:
            answers[resources] = question(resources)
        return answers[resources]

    return asked
