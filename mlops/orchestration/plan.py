"""What an orchestrator must know of a definition: tasks, their order, their branches."""

from dataclasses import dataclass
from typing import Any

from mlops.pipeline_definition.check import check
from mlops.pipeline_definition.errors import DefinitionError
from mlops.pipeline_definition.graph import edges
from mlops.pipeline_definition.walk import Branch, Placed, steps


@dataclass(frozen=True, kw_only=True)
class Task:
    """One step: what it waits for, and the branch that it is in."""

    name: str
    type: str
    after: tuple[str, ...]
    branch: Branch


def tasks(definition: dict[str, Any], name: str) -> list[Task]:
    """Return the tasks, each after those that it waits for.

    Raises DefinitionError when the definition is wrong.
    """
    if problems := check(definition):
        raise DefinitionError(name, problems)
    waiting = {step.name: step for step in steps(definition)}
    ordered: list[Task] = []
    while waiting:
        for step in _ready(waiting):
            del waiting[step.name]
            after = tuple(sorted(edges(step)))
            ordered.append(Task(name=step.name, type=step.type, after=after, branch=step.branch))
    return ordered


def _ready(waiting: dict[str, Placed]) -> list[Placed]:
    return [step for step in waiting.values() if not edges(step) & waiting.keys()]


def followers(condition: str, outcome: str, planned: list[Task]) -> list[str]:
    """Return the tasks that go on when a condition has decided: all but the other branch."""
    return [
        task.name
        for task in planned
        if condition in task.after and dict(task.branch).get(condition, outcome) == outcome
    ]
