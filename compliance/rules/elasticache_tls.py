"""Caches speak TLS only."""

from collections.abc import Iterator

from compliance.reading.checks import expect, look
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _speaks(cache: Resource, _: Context) -> bool:
    # A node of a replication group has the settings of its group.
    return cache.type != "AWS::ElastiCache::CacheCluster" or look(cache, "Engine") == "memcached"


def _check(cache: Resource, _: Context) -> Iterator[Problem]:
    if cache.type == "AWS::MemoryDB::Cluster":
        yield from expect(cache, "TLSEnabled", True, default=True)
        return
    yield from expect(cache, "TransitEncryptionEnabled", True)
    if cache.type == "AWS::ElastiCache::ReplicationGroup":
        yield from expect(cache, "TransitEncryptionMode", "required", default="required")


RULE = Rule(
    id="IRYO-ELASTICACHE-TLS",
    title=Text(
        "Caches speak TLS only",
        "キャッシュが TLS だけで通信する",
    ),
    remedy=Text(
        "Set TransitEncryptionEnabled, and TransitEncryptionMode required.",
        "TransitEncryptionEnabled を有効にし、TransitEncryptionMode を required にする。",
    ),
    topic=Topic.ENCRYPTION_IN_TRANSIT,
    types=(
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::ElastiCache::CacheCluster",
        "AWS::MemoryDB::Cluster",
    ),
    check=_check,
    applies=_speaks,
)
