"""The catalog of Glue and the passwords in it are encrypted with our key."""

from collections.abc import Iterator

from compliance.reading.checks import expect, own_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(settings: Resource, context: Context) -> Iterator[Problem]:
    at = "DataCatalogEncryptionSettings"
    modes = ("SSE-KMS", "SSE-KMS-WITH-SERVICE-ROLE")
    yield from expect(settings, f"{at}.EncryptionAtRest.CatalogEncryptionMode", *modes)
    yield from own_key(settings, f"{at}.EncryptionAtRest.SseAwsKmsKeyId", context)
    passwords = f"{at}.ConnectionPasswordEncryption"
    yield from expect(settings, f"{passwords}.ReturnConnectionPasswordEncrypted", True)
    yield from own_key(settings, f"{passwords}.KmsKeyId", context)


RULE = Rule(
    id="IRYO-GLUE-CATALOG",
    title=Text(
        "The Glue catalog and its passwords are encrypted with a customer-managed key",
        "Glue カタログとパスワードがカスタマー管理キーで暗号化される",
    ),
    remedy=Text(
        "Set EncryptionAtRest and ConnectionPasswordEncryption with a key of ours.",
        "EncryptionAtRest と ConnectionPasswordEncryption に自前のキーを設定する。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=("AWS::Glue::DataCatalogEncryptionSettings",),
    check=_check,
)
