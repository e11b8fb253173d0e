"""Tasks that a state machine starts on ECS get no public address."""

from collections.abc import Iterator

from compliance.reading import states
from compliance.reading.checks import expect
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _runs(machine: Resource) -> Iterator[states.Task]:
    return (task for task in states.tasks(machine) if ":ecs:runTask" in task.calls)


def _runs_tasks(machine: Resource, _: Context) -> bool:
    return any(_runs(machine))


def _check(machine: Resource, _: Context) -> Iterator[Problem]:
    path = "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp"
    for task in _runs(machine):
        yield from expect(task.arguments, path, None, "DISABLED", place=task.name)


RULE = Rule(
    id="IRYO-STATES-NETWORK",
    title=Text(
        "State machines start tasks without a public address",
        "ステートマシンがパブリックアドレスなしでタスクを起動する",
    ),
    remedy=Text(
        "Set assign_public_ip=False of the ECS task.",
        "ECS タスクの assign_public_ip=False を設定する。",
    ),
    topic=Topic.NETWORK_EXPOSURE,
    types=("AWS::StepFunctions::StateMachine",),
    check=_check,
    applies=_runs_tasks,
)
