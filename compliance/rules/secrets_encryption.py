"""Secrets encrypt with a customer-managed key."""

from collections.abc import Iterator

from compliance.keys import missing_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(secret: Resource, context: Context) -> Iterator[Problem]:
    yield from missing_key(secret, context, "KmsKeyId")


RULE = Rule(
    id="IRYO-SECRETS-ENCRYPTION",
    title=Text(
        "Secrets encrypt with a customer-managed key",
        "シークレットがカスタマー管理キーで暗号化される",
    ),
    remedy=Text("Set encryption_key.", "encryption_key を設定する。"),
    topic=Topic.ENCRYPTION_AT_REST,
    types=("AWS::SecretsManager::Secret",),
    check=_check,
)
