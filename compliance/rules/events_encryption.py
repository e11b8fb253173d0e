"""Schedules, pipes and connections encrypt with a customer-managed key."""

from collections.abc import Iterator

from compliance.reading.checks import own_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(resource: Resource, context: Context) -> Iterator[Problem]:
    scheduled = resource.type == "AWS::Scheduler::Schedule"
    yield from own_key(resource, "KmsKeyArn" if scheduled else "KmsKeyIdentifier", context)


RULE = Rule(
    id="IRYO-EVENTS-ENCRYPTION",
    title=Text(
        "Schedules, pipes and connections encrypt with a customer-managed key",
        "スケジュール・パイプ・接続がカスタマー管理キーで暗号化される",
    ),
    remedy=Text(
        "Set key, kms_key or KmsKeyIdentifier.",
        "key、kms_key または KmsKeyIdentifier を設定する。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=(
        "AWS::Scheduler::Schedule",
        "AWS::Pipes::Pipe",
        "AWS::Events::Connection",
    ),
    check=_check,
)
