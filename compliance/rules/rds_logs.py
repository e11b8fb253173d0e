"""Databases hand their logs to CloudWatch."""

from collections.abc import Iterator

from compliance.reading import databases
from compliance.reading.checks import present
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(database: Resource, _: Context) -> Iterator[Problem]:
    path = "EnableCloudwatchLogsExports"
    yield from present(database, path)


RULE = Rule(
    id="IRYO-RDS-LOGS",
    title=Text(
        "Databases export their logs",
        "データベースがログを出力する",
    ),
    remedy=Text(
        "Set cloudwatch_logs_exports.",
        "cloudwatch_logs_exports を設定する。",
    ),
    topic=Topic.AUDIT_LOGGING,
    types=databases.TYPES,
    check=_check,
    applies=databases.on_its_own,
)
