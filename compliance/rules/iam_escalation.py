"""Nobody can give himself more than he has: the known ways are closed."""

from collections.abc import Iterator

from compliance import identity
from compliance.reading import escalation
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(resource: Resource, context: Context) -> Iterator[Problem]:
    for way in escalation.of(resource, context.resources):
        yield Problem(f"{way.title}: {', '.join(way.actions)} ({way.source})", finding=way.id)


RULE = Rule(
    id="IRYO-IAM-ESCALATION",
    title=Text(
        "No identity can escalate its privileges",
        "どの ID も自分の権限を昇格できない",
    ),
    remedy=Text(
        "Take away one of the actions, name their resources, or require a permissions boundary.",
        "操作のいずれかを外すか、対象を指定するか、許可の境界を必須にする。",
    ),
    topic=Topic.ACCESS_CONTROL,
    types=identity.TYPES,
    check=_check,
)
