"""The ways in which a mutant changes the properties of a resource, in place."""

import json
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


def adding(value: Any, *path: Step) -> Change:
    """Return a change that adds a value to the list under a path."""

    def change(properties: Properties) -> None:
        *way, last = path
        holder = _walk(properties, way)
        holder[last] = [*holder.get(last, ()), value]

    return change


def rewriting(old: str, new: str, key: str) -> Change:
    """Return a change of a text that holds a document, between the intrinsic functions in it.

    `old` and `new` are parts of the JSON of the document, without those functions.
    """

    def change(properties: Properties) -> None:
        before = json.dumps(properties[key])
        # The document is JSON inside a string of JSON.
        part, other = (json.dumps(text)[1:-1] for text in (old, new))
        if part not in before:
            raise MutantError(f"{key} has no {old}")
        properties[key] = json.loads(before.replace(part, other))

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
