"""Access points of buckets are open to our network only."""

from collections.abc import Iterator

from compliance.reading.checks import expect, present
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.rules import s3_public_access
from compliance.text import Text


def _check(point: Resource, _: Context) -> Iterator[Problem]:
    yield from present(point, "VpcConfiguration.VpcId")
    for key in s3_public_access.SETTINGS:
        yield from expect(point, f"PublicAccessBlockConfiguration.{key}", True, default=True)


RULE = Rule(
    id="IRYO-S3-ACCESS-POINT",
    title=Text(
        "Access points are private to our network",
        "アクセスポイントが自前のネットワーク専用である",
    ),
    remedy=Text(
        "Set vpc_configuration; leave the public access block on.",
        "vpc_configuration を設定し、パブリックアクセスブロックは有効のままにする。",
    ),
    topic=Topic.NETWORK_EXPOSURE,
    types=("AWS::S3::AccessPoint",),
    check=_check,
)
