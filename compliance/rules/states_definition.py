"""Definitions of state machines hold no secret, and call nothing over plain HTTP."""

from collections.abc import Iterator

from compliance.reading import secrets, states
from compliance.reading.walk import leaves
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(machine: Resource, _: Context) -> Iterator[Problem]:
    for task in states.tasks(machine):
        for path, value in leaves(task.arguments):
            where = ".".join((task.name, *path))
            if path and secrets.is_secret(path[-1], value):
                yield Problem(f"{where} looks like a secret in plain text", finding=where)
            elif isinstance(value, str) and value.startswith("http://"):
                yield Problem(f"{where} is {value}", finding=where)


RULE = Rule(
    id="IRYO-STATES-DEFINITION",
    title=Text(
        "State machine definitions hold no secret and no plain HTTP",
        "ステートマシンの定義に秘密も平文の HTTP もない",
    ),
    remedy=Text(
        "Pass the ARN of a secret; use https:// endpoints.",
        "秘密は ARN で渡し、エンドポイントは https:// にする。",
    ),
    topic=Topic.SECRETS,
    types=("AWS::StepFunctions::StateMachine",),
    check=_check,
)
