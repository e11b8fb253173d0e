"""Log groups keep for a chosen time."""

from collections.abc import Iterator

from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(group: Resource, _: Context) -> Iterator[Problem]:
    if group.get("RetentionInDays") is None:
        yield Problem("RetentionInDays is not set, so nobody decided how long logs are kept")


RULE = Rule(
    id="IRYO-LOGS-RETENTION",
    title=Text("Log groups have a retention", "ロググループに保持期間がある"),
    remedy=Text(
        "Set retention from logs.retention_days or logs.audit_retention_days.",
        "logs.retention_days か logs.audit_retention_days から retention を設定する。",
    ),
    topic=Topic.LOG_RETENTION,
    types=("AWS::Logs::LogGroup",),
    check=_check,
)
