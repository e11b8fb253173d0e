"""Nobody deletes backups of production before their time."""

from collections.abc import Iterator

from compliance.reading.checks import present
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _of_production(_vault: Resource, context: Context) -> bool:
    return context.production


def _check(vault: Resource, _: Context) -> Iterator[Problem]:
    yield from present(vault, "LockConfiguration.MinRetentionDays")


RULE = Rule(
    id="IRYO-BACKUP-LOCK",
    title=Text(
        "Backups in production are locked",
        "本番のバックアップがロックされている",
    ),
    remedy=Text(
        "Set lock_configuration with min_retention.",
        "lock_configuration に min_retention を設定する。",
    ),
    topic=Topic.INTEGRITY,
    types=("AWS::Backup::BackupVault",),
    check=_check,
    applies=_of_production,
)
