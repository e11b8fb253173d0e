"""Distributions speak TLS 1.2 or newer to viewers and to their origins."""

from collections.abc import Iterator

from compliance.reading.checks import expect, look, objects, problem
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

MODERN = ("TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025")
VIEWER = ("https-only", "redirect-to-https")


def _check(distribution: Resource, _: Context) -> Iterator[Problem]:
    config = look(distribution, "DistributionConfig", {})
    yield from expect(config, "ViewerCertificate.MinimumProtocolVersion", *MODERN)
    yield from expect(config, "DefaultCacheBehavior.ViewerProtocolPolicy", *VIEWER)
    for behavior in objects(config, "CacheBehaviors"):
        place = str(look(behavior, "PathPattern"))
        yield from expect(behavior, "ViewerProtocolPolicy", *VIEWER, place=place)
    for origin in objects(config, "Origins"):
        if look(origin, "CustomOriginConfig") is None:
            continue
        place = str(look(origin, "Id"))
        path = "CustomOriginConfig.OriginProtocolPolicy"
        yield from expect(origin, path, "https-only", place=place)
        old = set(look(origin, "CustomOriginConfig.OriginSSLProtocols", [])) - {
            "TLSv1.2",
            "TLSv1.3",
        }
        if old:
            yield problem(place, "OriginSSLProtocols", f"has {', '.join(sorted(old))}")


RULE = Rule(
    id="IRYO-CLOUDFRONT-TLS",
    title=Text(
        "Distributions speak TLS 1.2 or newer on both sides",
        "ディストリビューションが閲覧者とオリジンの双方に TLS 1.2 以上で通信する",
    ),
    remedy=Text(
        "Set minimum_protocol_version TLS_V1_2_2021, HTTPS viewer and origin policies.",
        "minimum_protocol_version を TLS_V1_2_2021 とし、閲覧者とオリジンのポリシーを HTTPS "
        "にする。",
    ),
    topic=Topic.ENCRYPTION_IN_TRANSIT,
    types=("AWS::CloudFront::Distribution",),
    check=_check,
)
