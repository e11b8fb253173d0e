"""What stands between the Internet and the services: distributions and load balancers."""

from compliance.kill.changes import Change, Properties, adding, having, without
from compliance.kill.mutant import Break, Via

DISTRIBUTION = "AWS::CloudFront::Distribution"
ORIGIN = "AWS::CloudFront::VpcOrigin"
BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
CONFIG = "DistributionConfig"
ENDPOINT = "VpcOriginEndpointConfig"
ATTRIBUTES = "LoadBalancerAttributes"
BUCKET = {"Id": "bucket", "DomainName": "b.s3.amazonaws.com", "S3OriginConfig": {}}
PLAIN = {
    "PathPattern": "/plain/*",
    "TargetOriginId": "services",
    "ViewerProtocolPolicy": "allow-all",
}
SITE = {
    "Id": "site",
    "DomainName": "site.example",
    "CustomOriginConfig": {"OriginProtocolPolicy": "http-only"},
}


def _attribute(key: str, value: str) -> Change:
    """Return a change of an attribute of a load balancer."""

    def change(balancer: Properties) -> None:
        others = [one for one in balancer[ATTRIBUTES] if one["Key"] != key]
        balancer[ATTRIBUTES] = [*others, {"Key": key, "Value": value}]

    return change


def _forgotten(key: str) -> Change:
    """Return a change that leaves an attribute of a load balancer to AWS."""

    def change(balancer: Properties) -> None:
        balancer[ATTRIBUTES] = [one for one in balancer[ATTRIBUTES] if one["Key"] != key]

    return change


def _speak_plain(listener: Properties) -> None:
    listener["Protocol"] = "HTTP"
    del listener["SslPolicy"]


BREAKS = (
    Break(
        rule="IRYO-CLOUDFRONT-FIREWALL",
        name="no web ACL",
        type=DISTRIBUTION,
        change=without(CONFIG, "WebACLId"),
    ),
    Break(
        rule="IRYO-CLOUDFRONT-LOGS",
        name="the log delivery is of another distribution",
        type=DISTRIBUTION,
        change=having("arn:aws:cloudfront:::distribution/elsewhere", "ResourceArn"),
        via=Via("AWS::Logs::DeliverySource"),
    ),
    Break(
        rule="IRYO-CLOUDFRONT-TLS",
        name="TLS 1.0 admitted",
        type=DISTRIBUTION,
        change=having("TLSv1_2016", CONFIG, "ViewerCertificate", "MinimumProtocolVersion"),
    ),
    Break(
        rule="IRYO-CLOUDFRONT-TLS",
        name="CloudFront's own certificate, which admits TLS 1.0",
        type=DISTRIBUTION,
        change=having({"CloudFrontDefaultCertificate": True}, CONFIG, "ViewerCertificate"),
    ),
    Break(
        rule="IRYO-CLOUDFRONT-TLS",
        name="plain text from the viewer",
        type=DISTRIBUTION,
        change=having("allow-all", CONFIG, "DefaultCacheBehavior", "ViewerProtocolPolicy"),
    ),
    Break(
        rule="IRYO-CLOUDFRONT-TLS",
        name="plain text from the viewer, under one path",
        type=DISTRIBUTION,
        change=adding(PLAIN, CONFIG, "CacheBehaviors"),
    ),
    Break(
        rule="IRYO-CLOUDFRONT-TLS",
        name="plain text to an origin",
        type=DISTRIBUTION,
        change=adding(SITE, CONFIG, "Origins"),
    ),
    Break(
        rule="IRYO-CLOUDFRONT-TLS",
        name="plain text to the origin in the VPC",
        type=ORIGIN,
        change=having("match-viewer", ENDPOINT, "OriginProtocolPolicy"),
    ),
    Break(
        rule="IRYO-CLOUDFRONT-TLS",
        name="TLS 1.1 to the origin in the VPC",
        type=ORIGIN,
        change=having(["TLSv1.1", "TLSv1.2"], ENDPOINT, "OriginSSLProtocols"),
    ),
    Break(
        rule="IRYO-CLOUDFRONT-TLS",
        name="whichever TLS to the origin in the VPC",
        type=ORIGIN,
        change=without(ENDPOINT, "OriginSSLProtocols"),
    ),
    Break(
        rule="IRYO-CLOUDFRONT-ORIGIN",
        name="a bucket read without access control",
        type=DISTRIBUTION,
        change=adding(BUCKET, CONFIG, "Origins"),
        silent=True,
    ),
    Break(
        rule="IRYO-ELB-DELETION",
        name="may be deleted",
        type=BALANCER,
        change=_attribute("deletion_protection.enabled", "false"),
        production=True,
    ),
    Break(
        rule="IRYO-ELB-FIREWALL",
        name="the web ACL stands before something else",
        type=BALANCER,
        change=having("arn:aws:elasticloadbalancing:::elsewhere", "ResourceArn"),
        via=Via("AWS::WAFv2::WebACLAssociation", "ResourceArn"),
    ),
    Break(
        rule="IRYO-ELB-HEADERS",
        name="invalid headers passed on",
        type=BALANCER,
        change=_forgotten("routing.http.drop_invalid_header_fields.enabled"),
    ),
    Break(
        rule="IRYO-ELB-HEADERS",
        name="ambiguous requests passed on",
        type=BALANCER,
        change=_attribute("routing.http.desync_mitigation_mode", "monitor"),
    ),
    Break(
        rule="IRYO-ELB-LOGS",
        name="no access log",
        type=BALANCER,
        change=_forgotten("access_logs.s3.enabled"),
    ),
    *(
        Break(
            rule="IRYO-ELB-TLS",
            name=f"the policy {policy}",
            type=LISTENER,
            change=having(policy, "SslPolicy"),
        )
        for policy in ("ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06")
    ),
    Break(
        rule="IRYO-ELB-TLS",
        name="whichever TLS",
        type=LISTENER,
        change=without("SslPolicy"),
    ),
    Break(rule="IRYO-ELB-TLS", name="plain text", type=LISTENER, change=_speak_plain),
    Break(
        rule="IRYO-ELB-TARGETS",
        name="plain text to the containers",
        type="AWS::ElasticLoadBalancingV2::TargetGroup",
        change=having("HTTP", "Protocol"),
    ),
    Break(
        rule="IRYO-ELB-TARGETS",
        name="targets in plain text",
        type="AWS::ElasticLoadBalancingV2::TargetGroup",
        change=having("HTTP", "Protocol"),
    ),
)
