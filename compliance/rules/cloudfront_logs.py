"""Distributions keep who asked."""

from collections.abc import Iterator

from compliance.reading.checks import present
from compliance.reading.walk import token
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(distribution: Resource, context: Context) -> Iterator[Problem]:
    # The newer way of logging is a delivery source that names the distribution.
    deliveries = context.resources.referring(
        "AWS::Logs::DeliverySource", "ResourceArn", distribution
    )
    named = f"distribution/{token(distribution)}"
    if deliveries or any(
        str(one.get("ResourceArn")).endswith(named)
        for one in context.resources.of_type("AWS::Logs::DeliverySource")
    ):
        return
    yield from present(distribution, "DistributionConfig.Logging.Bucket")


RULE = Rule(
    id="IRYO-CLOUDFRONT-LOGS",
    title=Text(
        "Distributions keep access logs",
        "ディストリビューションがアクセスログを残す",
    ),
    remedy=Text(
        "Set enable_logging, or a log delivery whose source is the distribution.",
        "enable_logging を設定するか、ディストリビューションを送信元とするログ配信を加える。",
    ),
    topic=Topic.AUDIT_LOGGING,
    types=("AWS::CloudFront::Distribution",),
    check=_check,
)
