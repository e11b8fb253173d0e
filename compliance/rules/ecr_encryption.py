"""Repositories encrypt images with a customer-managed key."""

from collections.abc import Iterator

from compliance.reading.checks import expect, own_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(repository: Resource, context: Context) -> Iterator[Problem]:
    yield from expect(repository, "EncryptionConfiguration.EncryptionType", "KMS", "KMS_DSSE")
    yield from own_key(repository, "EncryptionConfiguration.KmsKey", context)


RULE = Rule(
    id="IRYO-ECR-ENCRYPTION",
    title=Text(
        "Repositories encrypt with a customer-managed key",
        "リポジトリがカスタマー管理キーで暗号化される",
    ),
    remedy=Text(
        "Set encryption=RepositoryEncryption.KMS and encryption_key.",
        "encryption=RepositoryEncryption.KMS と encryption_key を設定する。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=("AWS::ECR::Repository", "AWS::ECR::RepositoryCreationTemplate"),
    check=_check,
)
