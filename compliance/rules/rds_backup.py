"""Databases can be restored, and are hard to delete in production."""

from collections.abc import Iterator

from compliance.reading import databases
from compliance.reading.checks import expect, look, problem
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

SHORTEST = 7


def _check(database: Resource, context: Context) -> Iterator[Problem]:
    days = look(database, "BackupRetentionPeriod", 1)
    if int(days) < SHORTEST:
        yield problem("", "BackupRetentionPeriod", f"is {days}, {SHORTEST} or more is wanted")
    if context.production:
        yield from expect(database, "DeletionProtection", True)


RULE = Rule(
    id="IRYO-RDS-BACKUP",
    title=Text(
        "Databases are backed up, and in production hard to delete",
        "データベースがバックアップされ、本番では削除しにくい",
    ),
    remedy=Text(
        "Set backup retention to 7 days or more, and deletion_protection.",
        "バックアップの保持を 7 日以上にし、deletion_protection を設定する。",
    ),
    topic=Topic.BACKUP,
    types=databases.TYPES,
    check=_check,
    applies=databases.on_its_own,
)
