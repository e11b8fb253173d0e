"""Search domains encrypt with a customer-managed key."""

from collections.abc import Iterator

from compliance.reading.checks import expect, own_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(domain: Resource, context: Context) -> Iterator[Problem]:
    yield from expect(domain, "EncryptionAtRestOptions.Enabled", True)
    yield from own_key(domain, "EncryptionAtRestOptions.KmsKeyId", context)


RULE = Rule(
    id="IRYO-OPENSEARCH-ENCRYPTION",
    title=Text(
        "Search domains encrypt with a customer-managed key",
        "検索ドメインがカスタマー管理キーで暗号化される",
    ),
    remedy=Text(
        "Set encryption_at_rest with kms_key.",
        "encryption_at_rest に kms_key を設定する。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=("AWS::OpenSearchService::Domain",),
    check=_check,
)
