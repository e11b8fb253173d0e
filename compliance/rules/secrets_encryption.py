"""Secrets encrypt with a customer-managed key."""

from collections.abc import Iterator

from compliance.keys import missing_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule


def _check(secret: Resource, context: Context) -> Iterator[Problem]:
    yield from missing_key(secret, context, "KmsKeyId")


RULE = Rule(
    id="IRYO-SECRETS-ENCRYPTION",
    title="Secrets encrypt with a customer-managed key",
    remedy="Set encryption_key.",
    types=("AWS::SecretsManager::Secret",),
    check=_check,
)
