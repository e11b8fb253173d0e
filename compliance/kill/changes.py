"""The ways in which a mutant changes the properties of a resource, in place."""

from collections.abc import Callable
from typing import Any

Properties = dict[str, Any]
Change = Callable[[Properties], None]
Step = str | int


class MutantError(ValueError):
    """A mutant cannot be made; the message says which and why."""


def without(*path: Step) -> Change:
    """Return a change that removes what is under a path."""

    def change(properties: Properties) -> None:
        *way, last = path
        del _walk(properties, way)[last]

    return change


def having(value: Any, *path: Step) -> Change:
    """Return a change that puts a value under a path, whatever was there."""

    def change(properties: Properties) -> None:
        *way, last = path
        _walk(properties, way)[last] = value

    return change


def granting(*document: Step, **statement: Any) -> Change:
    """Return a change that adds an Allow statement to the policy document under a path."""

    def change(properties: Properties) -> None:
        statements = _walk(properties, document)["Statement"]
        statements.append({"Effect": "Allow", **statement})

    return change


def _walk(value: Any, path: tuple[Step, ...] | list[Step]) -> Any:
    for step in path:
        # A part that is not there yet is made: a mutant may add what nobody wrote.
        value = value.setdefault(step, {}) if isinstance(step, str) else value[step]
    return value
