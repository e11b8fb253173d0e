"""Caches ask who connects."""

from collections.abc import Iterator

from compliance.reading.checks import look, present
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(cache: Resource, _: Context) -> Iterator[Problem]:
    if cache.type == "AWS::ElastiCache::ServerlessCache":
        yield from present(cache, "UserGroupId")
    elif not look(cache, "UserGroupIds") and not look(cache, "AuthToken"):
        yield Problem("neither UserGroupIds nor AuthToken is set")


RULE = Rule(
    id="IRYO-ELASTICACHE-ACCESS",
    title=Text(
        "Caches know their users",
        "キャッシュが利用者を認証する",
    ),
    remedy=Text(
        "Set UserGroupIds (or an AuthToken from Secrets Manager).",
        "UserGroupIds（または Secrets Manager の AuthToken）を設定する。",
    ),
    topic=Topic.AUTHENTICATION,
    types=(
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::ElastiCache::ServerlessCache",
    ),
    check=_check,
)
