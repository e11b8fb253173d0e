"""Distributions speak TLS 1.2 or newer to viewers and to their origins."""

from collections.abc import Iterator
from typing import Any

from compliance.reading.checks import expect, look, objects, problem
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

NEW = {"TLSv1.2", "TLSv1.3"}
MODERN = ("TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025")
VIEWER = ("https-only", "redirect-to-https")
VPC_ORIGIN = "AWS::CloudFront::VpcOrigin"
"""How CloudFront speaks to what is in a VPC is said by a resource of its own."""


def _check(resource: Resource, _: Context) -> Iterator[Problem]:
    if resource.type == VPC_ORIGIN:
        yield from _origin(look(resource, "VpcOriginEndpointConfig", {}))
    else:
        yield from _distribution(resource)


def _origin(config: dict[str, Any]) -> Iterator[Problem]:
    yield from expect(config, "OriginProtocolPolicy", "https-only")
    # Absent, it is SSLv3 and TLSv1.
    if old := set(look(config, "OriginSSLProtocols", ["SSLv3", "TLSv1"])) - NEW:
        yield problem("", "OriginSSLProtocols", f"has {', '.join(sorted(old))}")


def _distribution(distribution: Resource) -> Iterator[Problem]:
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
        if old := set(look(origin, "CustomOriginConfig.OriginSSLProtocols", [])) - NEW:
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
    types=("AWS::CloudFront::Distribution", VPC_ORIGIN),
    check=_check,
)
