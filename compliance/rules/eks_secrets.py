"""Clusters encrypt Kubernetes secrets with a customer-managed key."""

from collections.abc import Iterator

from compliance.reading import eks
from compliance.reading.checks import look, objects, own_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(cluster: Resource, context: Context) -> Iterator[Problem]:
    configs = objects(eks.settings(cluster), "EncryptionConfig")
    # The list of resources is deprecated: without it everything is covered.
    covering = [one for one in configs if "secrets" in look(one, "Resources", ["secrets"])]
    if not covering:
        yield Problem("EncryptionConfig does not cover secrets")
    for one in covering:
        yield from own_key(one, "Provider.KeyArn", context)


RULE = Rule(
    id="IRYO-EKS-SECRETS",
    title=Text(
        "Kubernetes secrets are encrypted with a customer-managed key",
        "Kubernetes のシークレットがカスタマー管理キーで暗号化される",
    ),
    remedy=Text(
        "Set secrets_encryption_key.",
        "secrets_encryption_key を設定する。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=eks.TYPES,
    check=_check,
)
