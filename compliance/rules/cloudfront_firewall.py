"""Distributions have a web ACL in front of them."""

from collections.abc import Iterator

from compliance.reading.checks import present
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(distribution: Resource, _: Context) -> Iterator[Problem]:
    yield from present(distribution, "DistributionConfig.WebACLId")


RULE = Rule(
    id="IRYO-CLOUDFRONT-FIREWALL",
    title=Text(
        "Distributions stand behind a web ACL",
        "ディストリビューションの前に Web ACL がある",
    ),
    remedy=Text(
        "Set web_acl_id.",
        "web_acl_id を設定する。",
    ),
    topic=Topic.NETWORK_EXPOSURE,
    types=("AWS::CloudFront::Distribution",),
    check=_check,
)
