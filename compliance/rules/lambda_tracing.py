"""Functions are traced."""

from collections.abc import Iterator

from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule


def _check(function: Resource, _: Context) -> Iterator[Problem]:
    if function.get("TracingConfig", "Mode") != "Active":
        yield Problem("TracingConfig.Mode is not Active")


RULE = Rule(
    id="IRYO-LAMBDA-TRACING",
    title="Functions are traced",
    remedy="Set tracing=Tracing.ACTIVE.",
    types=("AWS::Lambda::Function",),
    check=_check,
)
