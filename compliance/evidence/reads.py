"""Which properties the rules of ours looked at: what proves, or disproves, a verdict."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from compliance.resources import IndeterminateError, Resource, Resources
from compliance.rule import Context, Rule
from compliance.settings import Settings

MET = 2
"""Questions after which another resource is part of the proof; a search asks each for one thing."""


@dataclass(frozen=True, slots=True)
class Reads:
    """The names of top-level properties asked for, present or not.

    `elsewhere` are those of other resources, by path: the policy that makes a bucket private.
    """

    own: tuple[str, ...] = ()
    elsewhere: tuple[tuple[str, tuple[str, ...]], ...] = ()


class _Watched(dict[str, Any]):
    """A resource's properties that write down what is asked of them."""

    def __init__(self, resource: Resource, log: list[tuple[str, str]]) -> None:
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


def of(
    rules: Sequence[Rule], resources: Resources, settings: Settings
) -> dict[tuple[str, str], Reads]:
    """Return what each rule looks at for each resource of its types, by (rule, path)."""
    context = Context(resources=resources, settings=settings)
    found = {}
    with _watched(resources) as log:
        for rule in rules:
            for resource in resources.of_type(*rule.types):
                log.clear()
                # What a rule could not read, the judgement has a verdict on already.
                with suppress(Exception):
                    list(rule.check(resource, context))
                found[rule.id, resource.path] = _sorted(log, resource.path)
    return found


@contextmanager
def _watched(resources: Resources) -> Iterator[list[tuple[str, str]]]:
    log: list[tuple[str, str]] = []
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


def _sorted(log: list[tuple[str, str]], path: str) -> Reads:
    asked: dict[str, set[str]] = {}
    for whose, key in log:
        asked.setdefault(whose, set()).add(key)
    own = asked.pop(path, set())
    elsewhere = {whose: keys for whose, keys in asked.items() if len(keys) >= MET}
    return Reads(
        tuple(sorted(own)),
        tuple((whose, tuple(sorted(elsewhere[whose]))) for whose in sorted(elsewhere)),
    )
