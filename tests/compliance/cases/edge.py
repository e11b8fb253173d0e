"""What stands towards the Internet: domain names, load balancers, distributions, firewalls."""

from typing import Any

from tests.compliance.cases.base import MISSING, Cases, Given, checked, merged, one, put
from tests.compliance.platform import arn, named, ref

BALANCER, LISTENER = "ElasticLoadBalancingV2::LoadBalancer", "ElasticLoadBalancingV2::Listener"
MODERN = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"


def balancer(kind: str = "application", **attributes: str) -> Given:
    listed = [{"Key": key, "Value": value} for key, value in attributes.items()]
    return one(BALANCER, Type=kind, LoadBalancerAttributes=listed)


def association(resource: Any) -> dict[str, Any]:
    return named("WAFv2::WebACLAssociation", ResourceArn=resource, WebACLArn="acl")


def stage_arn(stage: str) -> dict[str, Any]:
    return {"Fn::Join": ["", ["arn:aws:apigateway:x::/restapis/api/stages/", ref(stage)]]}


def attribute(key: str, good: str, bad: str, *, kind: str = "application") -> Cases:
    return Cases(
        good=[balancer(kind, **{key: good})],
        bad=[(balancer(kind, **{key: bad}), {key}), (balancer(kind), {key})],
    )


DISTRIBUTION: dict[str, Any] = {
    "DistributionConfig": {
        "Enabled": True,
        "ViewerCertificate": {"MinimumProtocolVersion": "TLSv1.2_2021"},
        "DefaultCacheBehavior": {"ViewerProtocolPolicy": "https-only"},
        "CacheBehaviors": [{"PathPattern": "/a", "ViewerProtocolPolicy": "redirect-to-https"}],
        "Origins": [
            {"Id": "bucket", "S3OriginConfig": {}, "OriginAccessControlId": "oac"},
            {
                "Id": "api",
                "CustomOriginConfig": {
                    "OriginProtocolPolicy": "https-only",
                    "OriginSSLProtocols": ["TLSv1.2"],
                },
            },
        ],
        "Logging": {"Bucket": "logs.s3.amazonaws.com"},
        "WebACLId": "acl",
    }
}


def distribution(bad: dict[str, Any], **findings: str) -> Cases:
    return checked(
        "CloudFront::Distribution",
        DISTRIBUTION,
        {f"DistributionConfig.{path}": value for path, value in bad.items()},
        findings={
            f"DistributionConfig.{path}": findings.get(path.replace(".", "_"), path) for path in bad
        },
    )


def managed(name: str, action: str = "None", *, sampled: bool = False) -> dict[str, Any]:
    return {
        "Name": name,
        "OverrideAction": {action: {}},
        "Statement": {"ManagedRuleGroupStatement": {"Name": name, "VendorName": "AWS"}},
        "VisibilityConfig": {"SampledRequestsEnabled": sampled},
    }


def acl(*rules: dict[str, Any], sampled: bool = False) -> Given:
    visibility = {"SampledRequestsEnabled": sampled}
    return one("WAFv2::WebACL", Rules=list(rules), VisibilityConfig=visibility)


COMMON, INPUTS = "AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet"
BOTH = (managed(COMMON), managed(INPUTS))
REDACTED = [{"SingleHeader": {"Name": "authorization"}}]


def logged(**properties: Any) -> Given:
    logging = named("WAFv2::LoggingConfiguration", ResourceArn=arn("Tested"), **properties)
    return {**acl(), "Logging": logging}


DELIVERY = named(
    "Logs::DeliverySource",
    ResourceArn={"Fn::Join": ["", ["arn:aws:cloudfront::1:distribution/", ref("Tested")]]},
)
UNLOGGED = put(DISTRIBUTION, "DistributionConfig.Logging", MISSING)

CASES: dict[str, Cases] = {
    "IRYO-APIGATEWAY-DOMAIN": merged(
        checked(
            "ApiGateway::DomainNameV2", {"SecurityPolicy": "TLS_1_2"}, {"SecurityPolicy": MISSING}
        ),
        checked(
            "ApiGatewayV2::DomainName",
            {"DomainNameConfigurations": [{"SecurityPolicy": "TLS_1_2"}]},
            {"DomainNameConfigurations.0.SecurityPolicy": "TLS_1_0"},
            findings={"DomainNameConfigurations.0.SecurityPolicy": "SecurityPolicy"},
        ),
    ),
    "IRYO-APIGATEWAY-CACHE": Cases(
        good=[
            one(
                "ApiGateway::Stage",
                CacheClusterEnabled=True,
                MethodSettings=[{"CachingEnabled": True, "CacheDataEncrypted": True}, {}],
            )
        ],
        bad=[
            (
                one(
                    "ApiGateway::Stage",
                    CacheClusterEnabled=True,
                    MethodSettings=[
                        {"CachingEnabled": True, "HttpMethod": "GET", "ResourcePath": "/a"}
                    ],
                ),
                {"GET /a.CacheDataEncrypted"},
            )
        ],
        other=[one("ApiGateway::Stage")],
    ),
    "IRYO-APIGATEWAY-FIREWALL": Cases(
        good=[{**one("ApiGateway::Stage"), "Wall": association(stage_arn("Tested"))}],
        bad=[
            (one("ApiGateway::Stage"), {""}),
            ({**one("ApiGateway::Stage"), "Wall": association(stage_arn("Queue"))}, {""}),
        ],
    ),
    "IRYO-LAMBDA-URL": checked(
        "Lambda::Url",
        {"AuthType": "AWS_IAM"},
        {"AuthType": "NONE", "Cors.AllowOrigins": ["*"]},
    ),
    "IRYO-ELB-TARGETS": Cases(
        good=[
            one("ElasticLoadBalancingV2::TargetGroup", Protocol="HTTPS", TargetType="ip"),
            one("ElasticLoadBalancingV2::TargetGroup", Protocol="TLS"),
        ],
        bad=[
            (
                one("ElasticLoadBalancingV2::TargetGroup", Protocol="HTTP", TargetType="ip"),
                {"Protocol"},
            ),
            (one("ElasticLoadBalancingV2::TargetGroup", TargetType="ip"), {"Protocol"}),
        ],
        other=[one("ElasticLoadBalancingV2::TargetGroup", TargetType="lambda")],
    ),
    "IRYO-ELB-TLS": Cases(
        good=[
            one(LISTENER, Protocol="HTTPS", SslPolicy=MODERN),
            one(LISTENER, Protocol="TLS", SslPolicy=MODERN),
            one(
                LISTENER,
                Protocol="HTTP",
                DefaultActions=[{"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS"}}],
            ),
            one(LISTENER, Protocol="TCP"),
        ],
        bad=[
            (one(LISTENER, Protocol="HTTPS"), {"SslPolicy"}),
            (
                one(LISTENER, Protocol="HTTPS", SslPolicy="ELBSecurityPolicy-2016-08"),
                {"SslPolicy"},
            ),
            (
                one(LISTENER, Protocol="TLS", SslPolicy="ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06"),
                {"SslPolicy"},
            ),
            (one(LISTENER, Protocol="HTTP", DefaultActions=[{"Type": "forward"}]), {"Protocol"}),
        ],
        unknown=[one(LISTENER, Protocol={"Fn::ImportValue": "x"})],
    ),
    "IRYO-ELB-FIREWALL": Cases(
        good=[{**balancer(), "Wall": association(ref("Tested"))}],
        bad=[(balancer(), {""})],
        other=[balancer("network")],
    ),
    "IRYO-ELB-HEADERS": merged(
        attribute("routing.http.drop_invalid_header_fields.enabled", "true", "false"),
        Cases(
            good=[],
            bad=[
                (
                    balancer(
                        **{
                            "routing.http.drop_invalid_header_fields.enabled": "true",
                            "routing.http.desync_mitigation_mode": "monitor",
                        }
                    ),
                    {"routing.http.desync_mitigation_mode"},
                )
            ],
            other=[balancer("network")],
        ),
    ),
    "IRYO-ELB-LOGS": merged(
        attribute("access_logs.s3.enabled", "true", "false", kind="network"),
        Cases(good=[], bad=[], other=[balancer("gateway")]),
    ),
    "IRYO-ELB-DELETION": attribute("deletion_protection.enabled", "true", "false"),
    "IRYO-CLOUDFRONT-TLS": merged(
        distribution(
            {
                "ViewerCertificate.MinimumProtocolVersion": "TLSv1",
                "DefaultCacheBehavior.ViewerProtocolPolicy": "allow-all",
                "CacheBehaviors.0.ViewerProtocolPolicy": "allow-all",
                "Origins.1.CustomOriginConfig.OriginProtocolPolicy": "http-only",
                "Origins.1.CustomOriginConfig.OriginSSLProtocols": ["TLSv1", "TLSv1.2"],
            },
            CacheBehaviors_0_ViewerProtocolPolicy="/a.ViewerProtocolPolicy",
            Origins_1_CustomOriginConfig_OriginProtocolPolicy="api.CustomOriginConfig.OriginProtocolPolicy",
            Origins_1_CustomOriginConfig_OriginSSLProtocols="api.OriginSSLProtocols",
        ),
        checked(
            "CloudFront::VpcOrigin",
            {
                "VpcOriginEndpointConfig": {
                    "OriginProtocolPolicy": "https-only",
                    "OriginSSLProtocols": ["TLSv1.2"],
                }
            },
            {
                "VpcOriginEndpointConfig.OriginProtocolPolicy": "http-only",
                "VpcOriginEndpointConfig.OriginSSLProtocols": MISSING,
            },
            findings={
                "VpcOriginEndpointConfig.OriginProtocolPolicy": "OriginProtocolPolicy",
                "VpcOriginEndpointConfig.OriginSSLProtocols": "OriginSSLProtocols",
            },
        ),
    ),
    "IRYO-CLOUDFRONT-LOGS": Cases(
        good=[
            one("CloudFront::Distribution", **DISTRIBUTION),
            {**one("CloudFront::Distribution", **UNLOGGED), "Delivery": DELIVERY},
        ],
        bad=[(one("CloudFront::Distribution", **UNLOGGED), {"DistributionConfig.Logging.Bucket"})],
    ),
    "IRYO-CLOUDFRONT-FIREWALL": distribution(
        {"WebACLId": MISSING}, WebACLId="DistributionConfig.WebACLId"
    ),
    "IRYO-CLOUDFRONT-ORIGIN": merged(
        distribution(
            {"Origins.0.OriginAccessControlId": MISSING},
            Origins_0_OriginAccessControlId="bucket.OriginAccessControlId",
        ),
        Cases(
            good=[],
            bad=[],
            other=[
                one(
                    "CloudFront::Distribution",
                    **put(DISTRIBUTION, "DistributionConfig.Origins.0", MISSING),
                )
            ],
        ),
    ),
    "IRYO-WAF-LOGS": Cases(
        good=[logged(RedactedFields=REDACTED)],
        bad=[(acl(), {"log"}), (logged(), {"authorization"})],
    ),
    "IRYO-WAF-RULES": Cases(
        good=[acl(*BOTH)],
        bad=[
            (acl(managed(INPUTS)), {COMMON}),
            (acl(managed(COMMON), managed(INPUTS, "Count")), {INPUTS}),
            (acl(*BOTH, sampled=True), {"VisibilityConfig.SampledRequestsEnabled"}),
            (
                acl(managed(COMMON, sampled=True), managed(INPUTS)),
                {f"{COMMON}.VisibilityConfig.SampledRequestsEnabled"},
            ),
        ],
    ),
}
