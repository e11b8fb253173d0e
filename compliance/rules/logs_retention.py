"""Log groups keep for a chosen time."""

from collections.abc import Iterator

from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule


def _check(group: Resource, _: Context) -> Iterator[Problem]:
    if group.get("RetentionInDays") is None:
        yield Problem("RetentionInDays is not set, so nobody decided how long logs are kept")


RULE = Rule(
    id="IRYO-LOGS-RETENTION",
    title="Log groups have a retention",
    remedy="Set retention from logs.retention_days or logs.audit_retention_days.",
    types=("AWS::Logs::LogGroup",),
    check=_check,
)
