"""What the edge promises, read from its templates."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Assembly
from tests.templates.edge_environments import ZONE
from tests.templates.policies import ACCOUNT, Request, decide, plain

GLOBAL = "EdgeGlobal"
SECRET = ("authorization", "cookie", "x-amz-security-token", "x-api-key")
BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
NAMES = ("services.iryo.example", "viewer.iryo.example", "health.services.iryo.example")


@pytest.fixture(scope="module")
def production(assembly: Callable[[str], Assembly]) -> Assembly:
    return assembly("production")


def attributes(room: Assembly) -> dict[str, Any]:
    given = room.resource("Edge", BALANCER)["LoadBalancerAttributes"]
    return {one["Key"]: one["Value"] for one in given}


def config_of(room: Assembly) -> dict[str, Any]:
    found: dict[str, Any] = room.resource(GLOBAL, "AWS::CloudFront::Distribution")[
        "DistributionConfig"
    ]
    return found


def rules(room: Assembly, template: str) -> dict[str, dict[str, Any]]:
    return {rule["Name"]: rule for rule in room.resource(template, "AWS::WAFv2::WebACL")["Rules"]}


# --- load balancer


def test_the_load_balancer_is_internal_logged_and_strict(production: Assembly) -> None:
    assert production.resource("Edge", BALANCER)["Scheme"] == "internal"
    given = attributes(production)
    for key in (
        "access_logs.s3.enabled",
        "deletion_protection.enabled",
        "routing.http.drop_invalid_header_fields.enabled",
    ):
        assert given[key] == "true"
    assert given["routing.http.desync_mitigation_mode"] == "strictest"
    assert given["waf.fail_open.enabled"] == "false"
    assert (given["idle_timeout.timeout_seconds"], given["client_keep_alive.seconds"]) == (
        "60",
        "3600",
    )


def test_the_listener_speaks_tls_and_answers_404(production: Assembly) -> None:
    listener = production.resource("Edge", LISTENER)
    assert (listener["Protocol"], listener["Port"]) == ("HTTPS", 443)
    assert listener["SslPolicy"].startswith("ELBSecurityPolicy-TLS13-1-2-Res")
    [action] = listener["DefaultActions"]
    assert action["FixedResponseConfig"]["StatusCode"] == "404"
    [certificate] = listener["Certificates"]
    assert certificate["CertificateArn"]


def test_the_load_balancer_speaks_to_services_only(production: Assembly) -> None:
    group = production.resource("Edge", "AWS::EC2::SecurityGroup")
    [out] = group["SecurityGroupEgress"]
    assert (out["FromPort"], out["ToPort"]) == (8443, 8443)
    assert "CidrIp" not in out
    into = production.resource("Edge", "AWS::EC2::SecurityGroupIngress")
    assert into["GroupId"] == out["DestinationSecurityGroupId"]
    assert (into["FromPort"], into["ToPort"]) == (8443, 8443)


@pytest.mark.parametrize(("account", "expected"), [(ACCOUNT, "allow"), ("444455556666", "silent")])
def test_only_load_balancers_of_this_account_write_their_logs(
    production: Assembly, account: str, expected: str
) -> None:
    policies = production.resources("Data", "AWS::S3::BucketPolicy").values()
    [document] = [
        one["Properties"]["PolicyDocument"]
        for one in policies
        if "LoadBalancerLogs" in json.dumps(one)
    ]
    [statement] = [one for one in document["Statement"] if one.get("Sid") == "LoadBalancerLogs"]
    bucket = plain(statement["Resource"]).partition("/")[0]
    request = Request(
        principal="logdelivery.elasticloadbalancing.amazonaws.com",
        action="s3:PutObject",
        resource=f"{bucket}/load-balancers/AWSLogs/{ACCOUNT}/log.gz",
        context={
            "aws:SourceArn": f"arn:aws:elasticloadbalancing:ap-northeast-1:{account}:loadbalancer/a",
            "aws:SourceAccount": account,
            "aws:SecureTransport": "true",
        },
    )
    own = {"Statement": [statement]}
    assert decide(own, request) == expected


# --- distribution


def test_the_distribution_speaks_new_tls_and_caches_nothing(production: Assembly) -> None:
    config = config_of(production)
    assert config["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.3_2025"
    assert config["Aliases"] == ["services.iryo.example"]
    default = config["DefaultCacheBehavior"]
    assert default["ViewerProtocolPolicy"] == "https-only"
    assert default["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    [origin] = config["Origins"]
    assert "VpcOriginConfig" in origin


def test_the_two_stacks_find_each_other(production: Assembly, whole: Assembly) -> None:
    """The Region is a parameter where the environment has none, and written down otherwise."""
    for room, region in ((production, {"Ref": "HomeRegion"}), (whole, "ap-northeast-3")):
        asked = config_of(room)["Origins"][0]["DomainName"]["Fn::GetStackOutput"]
        assert asked["StackName"] == f"iryo-{room.environment}"
        assert asked["Region"] == region
        assert asked["OutputName"] in room.rooms["Root"]["Outputs"]
    manifest = json.loads((production.outdir / "manifest.json").read_text())
    artifact = manifest["artifacts"]["iryo-production-edge-global"]
    assert "iryo-production" in artifact["dependencies"]
    assert artifact["environment"] == "aws://unknown-account/us-east-1"
    assert "HomeRegion" not in whole.rooms[GLOBAL].get("Parameters", {})


def test_browsers_are_told_to_be_careful(production: Assembly) -> None:
    policy = production.resource(GLOBAL, "AWS::CloudFront::ResponseHeadersPolicy")
    config = policy["ResponseHeadersPolicyConfig"]
    security = config["SecurityHeadersConfig"]
    assert security["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31_536_000
    assert security["FrameOptions"] == {"FrameOption": "DENY", "Override": True}
    assert "default-src 'self'" in security["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    custom = {one["Header"]: one["Value"] for one in config["CustomHeadersConfig"]["Items"]}
    assert custom["Cache-Control"] == "no-store"


def test_access_logs_are_encrypted_and_hold_no_credentials(production: Assembly) -> None:
    fields = production.resource(GLOBAL, "AWS::Logs::Delivery")["RecordFields"]
    assert {"c-ip", "cs-uri-stem", "sc-status"} <= set(fields)
    assert not {"cs-uri-query", "cs(Cookie)", "cs(Referer)", "x-forwarded-for"} & set(fields)
    groups = production.resources(GLOBAL, "AWS::Logs::LogGroup").values()
    assert len(groups) == 2
    for group in groups:
        assert group["Properties"]["KmsKeyId"]
        assert group["Properties"]["RetentionInDays"] == 3653


def test_the_log_delivery_may_write_to_its_group_only(production: Assembly) -> None:
    policy = production.resource(GLOBAL, "AWS::Logs::ResourcePolicy")["PolicyDocument"]
    [statement] = json.loads(plain(policy))["Statement"]
    assert statement["Resource"].endswith("}:log-stream:*")
    assert statement["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": ACCOUNT}


# --- firewalls


@pytest.mark.parametrize("template", ["Edge", GLOBAL])
def test_firewall_logs_hide_credentials_and_queries(production: Assembly, template: str) -> None:
    hidden = production.resource(template, "AWS::WAFv2::LoggingConfiguration")["RedactedFields"]
    assert [one["SingleHeader"]["Name"] for one in hidden if "SingleHeader" in one] == list(SECRET)
    assert {"QueryString": {}} in hidden


def test_what_the_firewalls_refuse(whole: Assembly) -> None:
    outer, inner = rules(whole, GLOBAL), rules(whole, "Edge")
    assert list(outer)[:2] == ["BodySize", "LimitPerAddress"]
    limit = outer["LimitPerAddress"]["Statement"]["RateBasedStatement"]
    assert (limit["Limit"], limit["EvaluationWindowSec"]) == (3000, 60)
    assert outer["BodySize"]["Statement"]["SizeConstraintStatement"]["Size"] == 65536
    assert "AWSManagedRulesAmazonIpReputationList" not in inner
    for one in (outer, inner):
        common = one["AWSManagedRulesCommonRuleSet"]["Statement"]["ManagedRuleGroupStatement"]
        counted = [override["Name"] for override in common["RuleActionOverrides"]]
        assert counted == ["SizeRestrictions_BODY", "CrossSiteScripting_BODY"]
        assert [rule["Priority"] for rule in one.values()] == list(range(len(one)))


def test_countries(whole: Assembly, production: Assembly) -> None:
    def geography(room: Assembly) -> Any:
        return config_of(room)["Restrictions"]["GeoRestriction"]

    assert geography(whole) == {"RestrictionType": "whitelist", "Locations": ["JP"]}
    assert geography(production) == {"RestrictionType": "none"}


# --- settings


def test_names_and_failover(whole: Assembly) -> None:
    records = [
        one["Properties"] for one in whole.resources(GLOBAL, "AWS::Route53::RecordSet").values()
    ]
    assert {(one["Name"], one["Type"]) for one in records} == {
        (name, kind) for name in NAMES for kind in ("A", "AAAA")
    }
    assert {one["HostedZoneId"] for one in records} == {ZONE}
    roles = {
        name: {one.get("Failover") for one in records if one["Name"] == name} for name in NAMES
    }
    assert roles == {
        NAMES[0]: {"PRIMARY", "SECONDARY"},
        NAMES[1]: {"PRIMARY", "SECONDARY"},
        NAMES[2]: {None},
    }
    assert all(("HealthCheckId" in one) == (one.get("Failover") == "PRIMARY") for one in records)
    check = whole.resource(GLOBAL, "AWS::Route53::HealthCheck")["HealthCheckConfig"]
    assert (check["FullyQualifiedDomainName"], check["Type"]) == (NAMES[2], "HTTPS")


def test_both_certificates_have_every_name(whole: Assembly) -> None:
    for template in ("Edge", GLOBAL):
        certificate = whole.resource(template, "AWS::CertificateManager::Certificate")
        names = [certificate["DomainName"], *certificate["SubjectAlternativeNames"]]
        assert tuple(names) == NAMES
    assert tuple(config_of(whole)["Aliases"]) == NAMES


def test_only_the_distribution_reads_static_content(whole: Assembly) -> None:
    policies = whole.resources(GLOBAL, "AWS::S3::BucketPolicy").values()
    [document] = [
        one["Properties"]["PolicyDocument"]
        for one in policies
        if "cloudfront.amazonaws.com" in json.dumps(one)
    ]
    [statement] = [one for one in document["Statement"] if one.get("Sid") == "Distribution"]
    own = {"Statement": [statement]}
    bucket = plain(statement["Resource"]).partition("/")[0]
    distribution = plain(statement["Condition"]["StringEquals"]["aws:SourceArn"])
    for source, expected in ((distribution, "allow"), (f"{distribution}X", "silent")):
        request = Request(
            principal="cloudfront.amazonaws.com",
            action="s3:GetObject",
            resource=f"{bucket}/static/a.js",
            context={"aws:SourceArn": source},
        )
        assert decide(own, request) == expected
    [behavior] = config_of(whole)["CacheBehaviors"]
    assert (behavior["PathPattern"], behavior["AllowedMethods"]) == ("/static/*", ["GET", "HEAD"])


def test_shield_protects_the_distribution(whole: Assembly, production: Assembly) -> None:
    protection = whole.resource(GLOBAL, "AWS::Shield::Protection")
    assert "distribution" in json.dumps(protection["ResourceArn"])
    assert protection["HealthCheckArns"]
    assert not production.resources(GLOBAL, "AWS::Shield::Protection")


def test_without_a_domain_cloudfront_uses_its_own(without_domain: Assembly) -> None:
    config = config_of(without_domain)
    assert config["ViewerCertificate"] == {"CloudFrontDefaultCertificate": True}
    assert "Aliases" not in config
    listener = without_domain.resource("Edge", LISTENER)
    assert (listener["Protocol"], listener["Port"]) == ("HTTP", 80)
    group = without_domain.resource("Edge", "AWS::EC2::SecurityGroup")
    [door] = group["SecurityGroupIngress"]
    assert door["FromPort"] == door["ToPort"] == 80
    origin = without_domain.resource("Edge", "AWS::CloudFront::VpcOrigin")
    assert origin["VpcOriginEndpointConfig"]["OriginProtocolPolicy"] == "http-only"
    for template in ("Edge", GLOBAL):
        assert not without_domain.resources(template, "AWS::CertificateManager::Certificate")


def test_its_network_lets_plain_http_between_the_zones(
    without_domain: Assembly, production: Assembly
) -> None:
    def ports(room: Assembly) -> set[int]:
        entries = room.resources("Network", "AWS::EC2::NetworkAclEntry").values()
        return {one["Properties"].get("PortRange", {}).get("From") for one in entries}

    assert 80 in ports(without_domain)
    assert 80 not in ports(production)


def test_mutual_tls_closes_the_other_entrance(whole: Assembly, production: Assembly) -> None:
    api = "AWS::ApiGateway::RestApi"
    assert whole.resource("Ingestion", api)["DisableExecuteApiEndpoint"] is True
    assert "DisableExecuteApiEndpoint" not in production.resource("Ingestion", api)
    domain = whole.resource("Ingestion", "AWS::ApiGateway::DomainName")
    assert domain["MutualTlsAuthentication"] == {
        "TruststoreUri": "s3://senders/ca.pem",
        "TruststoreVersion": "1",
    }
    assert whole.rooms["Root"]["Outputs"]["ApiUrl"]["Value"] == "https://records.iryo.example/"
    method = whole.resource("Ingestion", "AWS::ApiGateway::Method")
    assert method["AuthorizationType"] == "AWS_IAM"


def test_environments_without_the_room_have_nothing_of_it(
    assembly: Callable[[str], Assembly],
) -> None:
    rooms = assembly("dev").rooms
    assert not {"Edge", GLOBAL, "Registry"} & set(rooms)
    assert "cloudfront" not in json.dumps(rooms["Network"])
