"""The distribution: what the Internet meets."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from compliance.waivers import waive
from infra.config import EnvironmentConfig
from infra.edge import waivers
from infra.edge.certificate import certificate
from infra.edge.headers import security_headers
from infra.edge.names import domains
from infra.edge.static_content import StaticContent

Cdn = cloudfront.CfnDistribution
SERVICES, STATIC = "services", "static"
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
NOTHING_CACHED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
CACHED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
WHOLE_REQUEST = "216adef6-5c7f-47e4-b989-5492eafa07d3"
"""With the Host that was asked for: it is what the load balancer's certificate and rules say."""
READ = ["GET", "HEAD"]
EVERY_METHOD = [*READ, "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
PRICE_CLASSES = {"100": "PriceClass_100", "200": "PriceClass_200", "all": "PriceClass_All"}
MINIMUM_TLS = {"1.2": "TLSv1.2_2025", "1.3": "TLSv1.3_2025"}


@dataclass(frozen=True, kw_only=True)
class Origin:
    """The load balancer in the environment's Region, as its stack tells."""

    vpc_origin_id: str
    dns_name: str


class Distribution(Construct):
    """CloudFront behind a web ACL, with the load balancer and, if wanted, a bucket behind it.

    Nothing of the services is cached. Plain HTTP is refused rather than led to HTTPS: a request
    that carried a token would have shown it already.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        origin: Origin,
        web_acl_arn: str,
    ) -> None:
        super().__init__(scope, construct_id)
        edge = config.edge
        static = StaticContent(self, "Static", config=config) if edge.static_content else None
        countries = list(edge.firewall.countries)
        self.resource = Cdn(
            self,
            "Resource",
            distribution_config=Cdn.DistributionConfigProperty(
                enabled=True,
                comment=f"Iryo {config.name}",
                aliases=list(domains(config)) or None,
                origins=[
                    _services(origin, edge.read_seconds),
                    *([_bucket(static)] if static else []),
                ],
                default_cache_behavior=self._default(config),
                cache_behaviors=[self._static(config)] if static else None,
                viewer_certificate=self._certificate(config),
                web_acl_id=web_acl_arn,
                http_version="http2and3",
                ipv6_enabled=True,
                price_class=PRICE_CLASSES[edge.price_class],
                restrictions=Cdn.RestrictionsProperty(
                    geo_restriction=Cdn.GeoRestrictionProperty(
                        restriction_type="whitelist" if countries else "none",
                        locations=countries or None,
                    )
                ),
            ),
        )
        stack = cdk.Stack.of(self)
        self.arn = (
            f"arn:{stack.partition}:cloudfront::{stack.account}:distribution/{self.resource.ref}"
        )
        if static:
            static.let_read(self.arn)
        if edge.domain is None:
            waive(self.resource, waivers.no_domain_viewer(config))

    def _default(self, config: EnvironmentConfig) -> Cdn.DefaultCacheBehaviorProperty:
        return Cdn.DefaultCacheBehaviorProperty(
            target_origin_id=SERVICES,
            viewer_protocol_policy="https-only",
            allowed_methods=EVERY_METHOD,
            cached_methods=READ,
            cache_policy_id=NOTHING_CACHED,
            origin_request_policy_id=WHOLE_REQUEST,
            response_headers_policy_id=security_headers(self, "Headers", config=config).ref,
            # An answer that is compressed together with what an attacker sent leaks its length.
            compress=False,
        )

    def _static(self, config: EnvironmentConfig) -> Cdn.CacheBehaviorProperty:
        headers = security_headers(self, "StaticHeaders", config=config, kept=True)
        return Cdn.CacheBehaviorProperty(
            path_pattern="/static/*",
            target_origin_id=STATIC,
            viewer_protocol_policy="https-only",
            allowed_methods=READ,
            cached_methods=READ,
            cache_policy_id=CACHED,
            response_headers_policy_id=headers.ref,
            compress=True,
        )

    def _certificate(self, config: EnvironmentConfig) -> Cdn.ViewerCertificateProperty:
        edge = config.edge
        if edge.domain is None:
            return Cdn.ViewerCertificateProperty(cloud_front_default_certificate=True)
        return Cdn.ViewerCertificateProperty(
            acm_certificate_arn=certificate(
                self,
                "Certificate",
                names=domains(config),
                zone_id=edge.hosted_zone_id,
                given=edge.viewer_certificate_arn,
            ),
            ssl_support_method="sni-only",
            minimum_protocol_version=MINIMUM_TLS[edge.minimum_tls],
        )


def _services(origin: Origin, read_seconds: int) -> Cdn.OriginProperty:
    return Cdn.OriginProperty(
        id=SERVICES,
        domain_name=origin.dns_name,
        vpc_origin_config=Cdn.VpcOriginConfigProperty(
            vpc_origin_id=origin.vpc_origin_id,
            origin_read_timeout=read_seconds,
            origin_keepalive_timeout=60,
        ),
    )


def _bucket(static: StaticContent) -> Cdn.OriginProperty:
    return Cdn.OriginProperty(
        id=STATIC,
        domain_name=static.bucket.bucket_regional_domain_name,
        origin_access_control_id=static.access_control,
        # Empty: the form before access control, which the API still wants to see.
        s3_origin_config=Cdn.S3OriginConfigProperty(origin_access_identity=""),
    )
