"""Which properties the rules of ours looked at: what proves, or disproves, a verdict."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from compliance.resources import IndeterminateError, Resource, Resources

MET = 2
"""Questions after which another resource is part of the proof; a search asks each for one thing."""


Log = list[tuple[str, str]]
"""Each question: the path of the resource, and the property."""


@dataclass(frozen=True, slots=True)
class Reads:
    """The names of top-level properties asked for, present or not.

    `elsewhere` are those of other resources, by path: the policy that makes a bucket private.
    """

    own: tuple[str, ...] = ()
    elsewhere: tuple[tuple[str, tuple[str, ...]], ...] = ()


NOTHING = Reads()


class _Watched(dict[str, Any]):
    """A resource's properties that write down what is asked of them."""

    def __init__(self, resource: Resource, log: Log) -> None:
        super().__init__(resource.properties)
        self._path = resource.path
        self._log = log

    def __getitem__(self, key: str) -> Any:
        self._log.append((self._path, key))
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self._log.append((self._path, key))
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        self._log.append((self._path, str(key)))
        return super().__contains__(key)


@contextmanager
def watched(resources: Resources) -> Iterator[Log]:
    """Have what is asked of any resource's properties written down for a while."""
    log: Log = []
    before = []
    for resource in resources.all:
        try:
            before.append((resource, resource.properties))
        except IndeterminateError:
            continue
        resource.properties = _Watched(resource, log)
    try:
        yield log
    finally:
        for resource, properties in before:
            resource.properties = properties


def taken(log: Log, path: str) -> Reads:
    """Return what was asked for since the last time, `path` being the resource in question."""
    asked: dict[str, set[str]] = {}
    for whose, key in log:
        asked.setdefault(whose, set()).add(key)
    log.clear()
    own = asked.pop(path, set())
    elsewhere = {whose: keys for whose, keys in asked.items() if len(keys) >= MET}
    return Reads(
        tuple(sorted(own)),
        tuple((whose, tuple(sorted(elsewhere[whose]))) for whose in sorted(elsewhere)),
    )
