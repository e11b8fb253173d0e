"""Caches encrypt with a customer-managed key."""

from collections.abc import Iterator

from compliance.reading.checks import expect, own_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(cache: Resource, context: Context) -> Iterator[Problem]:
    if cache.type == "AWS::ElastiCache::ReplicationGroup":
        yield from expect(cache, "AtRestEncryptionEnabled", True)
    yield from own_key(cache, "KmsKeyId", context)


RULE = Rule(
    id="IRYO-ELASTICACHE-ENCRYPTION",
    title=Text(
        "Caches encrypt with a customer-managed key",
        "キャッシュがカスタマー管理キーで暗号化される",
    ),
    remedy=Text(
        "Set AtRestEncryptionEnabled and KmsKeyId.",
        "AtRestEncryptionEnabled と KmsKeyId を設定する。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=(
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::ElastiCache::ServerlessCache",
        "AWS::MemoryDB::Cluster",
    ),
    check=_check,
)
