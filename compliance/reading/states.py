"""The tasks of a Step Functions state machine: its definition is JSON inside a property.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from compliance.intrinsics import Unknown
from compliance.reading.documents import parsed
from compliance.resources import Resource

MACHINE = "AWS::StepFunctions::StateMachine"
JSONATA = "{%"


@dataclass(frozen=True, slots=True)
class Task:
    """A task state: what it calls and with what; a value of its input is Unknown."""

    name: str
    calls: str
    arguments: dict[str, Any]
    body: dict[str, Any]


def definition(machine: Resource) -> dict[str, Any]:
    """Return the definition of a state machine.

    Raises IndeterminateError when it is not in the template.
    """
    for key in ("DefinitionString", "Definition"):
        if (given := machine.get(key)) is not None:
            found: dict[str, Any] = parsed(given, key)
            return found
    return parsed(Unknown("a definition in S3"), "the definition")  # type: ignore[no-any-return]


def tasks(machine: Resource) -> Iterator[Task]:
    """Yield the task states, those in branches and maps included."""
    yield from _tasks(definition(machine))


def _tasks(part: dict[str, Any]) -> Iterator[Task]:
    for name, state in part.get("States", {}).items():
        for branch in state.get("Branches", ()):
            yield from _tasks(branch)
        for key in ("ItemProcessor", "Iterator"):
            yield from _tasks(state.get(key, {}))
        if state.get("Type") == "Task":
            arguments = state.get("Arguments", state.get("Parameters", {}))
            yield Task(name, str(state.get("Resource")), _run(arguments), state)


def _run(value: Any) -> Any:
    """Return a value with what a run fills in as Unknown."""
    if isinstance(value, list):
        return [_run(member) for member in value]
    if isinstance(value, dict):
        return {
            key.removesuffix(".$"): Unknown(str(member)) if key.endswith(".$") else _run(member)
            for key, member in value.items()
        }
    return Unknown(value) if isinstance(value, str) and value.startswith(JSONATA) else value
