"""File systems of FSx encrypt with a customer-managed key."""

from collections.abc import Iterator

from compliance.reading.checks import own_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(system: Resource, context: Context) -> Iterator[Problem]:
    yield from own_key(system, "KmsKeyId", context)


RULE = Rule(
    id="IRYO-FSX-ENCRYPTION",
    title=Text(
        "FSx file systems encrypt with a customer-managed key",
        "FSx ファイルシステムがカスタマー管理キーで暗号化される",
    ),
    remedy=Text(
        "Set kms_key to the key of the data class.",
        "kms_key にデータ分類のキーを設定する。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=("AWS::FSx::FileSystem",),
    check=_check,
)
