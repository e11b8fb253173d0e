"""Backups are encrypted with a customer-managed key."""

from collections.abc import Iterator

from compliance.reading.checks import own_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(vault: Resource, context: Context) -> Iterator[Problem]:
    yield from own_key(vault, "EncryptionKeyArn", context)


RULE = Rule(
    id="IRYO-BACKUP-VAULT",
    title=Text(
        "Backup vaults encrypt with a customer-managed key",
        "バックアップボールトがカスタマー管理キーで暗号化される",
    ),
    remedy=Text(
        "Set encryption_key.",
        "encryption_key を設定する。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=(
        "AWS::Backup::BackupVault",
        "AWS::Backup::LogicallyAirGappedBackupVault",
    ),
    check=_check,
)
