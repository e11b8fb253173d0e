"""File systems of EFS are backed up every day."""

from collections.abc import Iterator

from compliance.reading.checks import expect
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(system: Resource, _: Context) -> Iterator[Problem]:
    yield from expect(system, "BackupPolicy.Status", "ENABLED")


RULE = Rule(
    id="IRYO-EFS-BACKUP",
    title=Text(
        "EFS file systems are backed up",
        "EFS ファイルシステムがバックアップされる",
    ),
    remedy=Text(
        "Set enable_automatic_backups=True.",
        "enable_automatic_backups=True を設定する。",
    ),
    topic=Topic.BACKUP,
    types=("AWS::EFS::FileSystem",),
    check=_check,
)
