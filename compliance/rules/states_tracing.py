"""State machines are traced."""

from collections.abc import Iterator

from compliance.reading.checks import expect
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(machine: Resource, _: Context) -> Iterator[Problem]:
    yield from expect(machine, "TracingConfiguration.Enabled", True)


RULE = Rule(
    id="IRYO-STATES-TRACING",
    title=Text(
        "State machines are traced",
        "ステートマシンがトレースされる",
    ),
    remedy=Text(
        "Set tracing_enabled=True.",
        "tracing_enabled=True を設定する。",
    ),
    topic=Topic.MONITORING,
    types=("AWS::StepFunctions::StateMachine",),
    check=_check,
)
