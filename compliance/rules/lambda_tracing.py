"""Functions are traced."""

from collections.abc import Iterator

from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(function: Resource, _: Context) -> Iterator[Problem]:
    if function.get("TracingConfig", "Mode") != "Active":
        yield Problem("TracingConfig.Mode is not Active")


RULE = Rule(
    id="IRYO-LAMBDA-TRACING",
    title=Text("Functions are traced", "関数がトレースされる"),
    remedy=Text("Set tracing=Tracing.ACTIVE.", "tracing=Tracing.ACTIVE を設定する。"),
    topic=Topic.MONITORING,
    types=("AWS::Lambda::Function",),
    check=_check,
)
