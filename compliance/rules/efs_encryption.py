"""File systems of EFS encrypt with a customer-managed key."""

from collections.abc import Iterator

from compliance.reading.checks import expect, own_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(system: Resource, context: Context) -> Iterator[Problem]:
    yield from expect(system, "Encrypted", True)
    yield from own_key(system, "KmsKeyId", context)


RULE = Rule(
    id="IRYO-EFS-ENCRYPTION",
    title=Text(
        "EFS file systems encrypt with a customer-managed key",
        "EFS ファイルシステムがカスタマー管理キーで暗号化される",
    ),
    remedy=Text(
        "Set encrypted=True and kms_key.",
        "encrypted=True と kms_key を設定する。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=("AWS::EFS::FileSystem",),
    check=_check,
)
