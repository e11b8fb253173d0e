"""Only the distribution reads the buckets behind it."""

from collections.abc import Iterator
from typing import Any

from compliance.reading.checks import look, objects, present
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _buckets(distribution: Resource) -> list[dict[str, Any]]:
    origins = objects(look(distribution, "DistributionConfig", {}), "Origins")
    return [origin for origin in origins if look(origin, "S3OriginConfig") is not None]


def _reads_buckets(distribution: Resource, _: Context) -> bool:
    return bool(_buckets(distribution))


def _check(distribution: Resource, _: Context) -> Iterator[Problem]:
    for origin in _buckets(distribution):
        yield from present(origin, "OriginAccessControlId", place=str(look(origin, "Id")))


RULE = Rule(
    id="IRYO-CLOUDFRONT-ORIGIN",
    title=Text(
        "Distributions read buckets with origin access control",
        "ディストリビューションがオリジンアクセスコントロールでバケットを読む",
    ),
    remedy=Text(
        "Use S3BucketOrigin.with_origin_access_control.",
        "S3BucketOrigin.with_origin_access_control を使う。",
    ),
    topic=Topic.ACCESS_CONTROL,
    types=("AWS::CloudFront::Distribution",),
    check=_check,
    applies=_reads_buckets,
)
