"""Every execution of a state machine ends, even when a task never answers."""

from collections.abc import Iterator

from compliance.reading import states
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(machine: Resource, _: Context) -> Iterator[Problem]:
    if "TimeoutSeconds" in states.definition(machine):
        return
    for task in states.tasks(machine):
        if not {"TimeoutSeconds", "TimeoutSecondsPath"} & set(task.body):
            yield Problem(f"{task.name} may run for a year", finding=task.name)


RULE = Rule(
    id="IRYO-STATES-END",
    title=Text(
        "State machines or their tasks have a time-out",
        "ステートマシンかタスクに制限時間がある",
    ),
    remedy=Text(
        "Set timeout of the state machine, or of each task.",
        "ステートマシンか各タスクに timeout を設定する。",
    ),
    topic=Topic.AVAILABILITY,
    types=("AWS::StepFunctions::StateMachine",),
    check=_check,
)
