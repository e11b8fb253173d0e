"""Nothing behind the edge is reachable around the firewalls, and a template that lets it is seen."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Assembly
from tests.templates.ways_around import ways_around

Body = dict[str, Any]
BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
GROUP = "AWS::EC2::SecurityGroup"
DISTRIBUTION = "AWS::CloudFront::Distribution"
ASSOCIATION = "AWS::WAFv2::WebACLAssociation"
ANYWHERE = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}


def test_there_is_no_way_around(
    whole: Assembly, without_domain: Assembly, assembly: Callable[[str], Assembly]
) -> None:
    for made in (whole, without_domain, assembly("production")):
        assert ways_around(made.outdir) == []


def test_the_walk_meets_something(whole: Assembly) -> None:
    kinds = [one["Type"] for body in templates(whole.outdir) for one in body["Resources"].values()]
    for kind in (BALANCER, DISTRIBUTION, "AWS::CloudFront::VpcOrigin", "AWS::ApiGateway::Stage"):
        assert kinds.count(kind) == 1
    assert kinds.count(GROUP) > 5


def templates(folder: Path) -> Iterator[Body]:
    for file in folder.glob("*.template.json"):
        yield json.loads(file.read_text())


def first(body: Body, kind: str) -> Body:
    found: Body = next(
        one["Properties"] for one in body["Resources"].values() if one["Type"] == kind
    )
    return found


def name_of(body: Body, kind: str) -> str:
    return next(name for name, one in body["Resources"].items() if one["Type"] == kind)


def distribution(body: Body) -> Body:
    found: Body = first(body, DISTRIBUTION)["DistributionConfig"]
    return found


def add(body: Body, kind: str, **properties: Any) -> None:
    body["Resources"]["Added"] = {"Type": kind, "Properties": properties}


def public_balancer(body: Body) -> None:
    first(body, BALANCER)["Scheme"] = "internet-facing"


def no_association(body: Body) -> None:
    del body["Resources"][name_of(body, ASSOCIATION)]


def firewall_that_counts(body: Body) -> None:
    for rule in first(body, "AWS::WAFv2::WebACL")["Rules"]:
        rule["OverrideAction"] = {"Count": {}}
        rule.pop("Action", None)


def open_balancer(body: Body) -> None:
    first(body, GROUP)["SecurityGroupIngress"].append(ANYWHERE)


def balancer_open_to_the_vpc(body: Body) -> None:
    first(body, GROUP)["SecurityGroupIngress"].append({**ANYWHERE, "CidrIp": "10.0.0.0/16"})


def another_prefix_list(body: Body) -> None:
    first(body, GROUP)["SecurityGroupIngress"][0]["SourcePrefixListId"] = "pl-12345678"


def open_services(body: Body) -> None:
    rule = first(body, "AWS::EC2::SecurityGroupIngress")
    del rule["SourceSecurityGroupId"]
    rule["CidrIp"] = "0.0.0.0/0"


def open_group_of_the_network(body: Body) -> None:
    first(body, GROUP)["SecurityGroupIngress"] = [ANYWHERE]


def no_web_acl(body: Body) -> None:
    del distribution(body)["WebACLId"]


def regional_web_acl(body: Body) -> None:
    first(body, "AWS::WAFv2::WebACL")["Scope"] = "REGIONAL"


def public_origin(body: Body) -> None:
    distribution(body)["Origins"].append(
        {
            "Id": "else",
            "DomainName": "a.example",
            "CustomOriginConfig": {"OriginProtocolPolicy": "https-only"},
        }
    )


def unknown_vpc_origin(body: Body) -> None:
    distribution(body)["Origins"][0]["VpcOriginConfig"]["VpcOriginId"] = "vo_other"


def open_bucket(body: Body) -> None:
    del distribution(body)["Origins"][1]["OriginAccessControlId"]


def another_balancer(body: Body) -> None:
    add(body, BALANCER, Scheme="internal", Type="network")


def listener_elsewhere(body: Body) -> None:
    add(body, "AWS::ElasticLoadBalancingV2::Listener", LoadBalancerArn="arn:of:another")


def name_of_the_balancer(body: Body) -> None:
    target = {"Fn::GetAtt": [name_of(body, BALANCER), "DNSName"]}
    add(body, "AWS::Route53::RecordSet", Type="A", Name="a", AliasTarget={"DNSName": target})


def public_tasks(body: Body) -> None:
    network = {"AwsvpcConfiguration": {"AssignPublicIp": "ENABLED"}}
    add(body, "AWS::ECS::Service", NetworkConfiguration=network)


def function_url(body: Body) -> None:
    add(body, "AWS::Lambda::Url", AuthType="NONE")


def public_subnet(body: Body) -> None:
    first(body, "AWS::EC2::Subnet")["MapPublicIpOnLaunch"] = True


EDGE, GLOBAL, NETWORK, INGESTION = "wholeEdge", "edge-global", "wholeNetwork", "wholeIngestion"
BREAKS: dict[Callable[[Body], None], tuple[str, str]] = {
    public_balancer: (EDGE, "has a public address"),
    no_association: (EDGE, "no web ACL of scope REGIONAL"),
    firewall_that_counts: (EDGE, "no web ACL of scope REGIONAL"),
    open_balancer: (EDGE, "admits 0.0.0.0/0"),
    balancer_open_to_the_vpc: (EDGE, "admits others than CloudFront"),
    another_prefix_list: (EDGE, "admits others than CloudFront"),
    open_services: (EDGE, "admits 0.0.0.0/0"),
    another_balancer: (EDGE, "no web ACL can stand before it"),
    listener_elsewhere: (EDGE, "not of this assembly"),
    name_of_the_balancer: (EDGE, "leads past the distribution"),
    public_tasks: (EDGE, "tasks have public addresses"),
    function_url: (EDGE, "stands in the open"),
    no_web_acl: (GLOBAL, "no web ACL of scope CLOUDFRONT"),
    regional_web_acl: (GLOBAL, "no web ACL of scope CLOUDFRONT"),
    public_origin: (GLOBAL, "is a public address"),
    unknown_vpc_origin: (GLOBAL, "is no load balancer of this assembly"),
    open_bucket: (GLOBAL, "without origin access control"),
    open_group_of_the_network: (NETWORK, "admits 0.0.0.0/0"),
    public_subnet: (NETWORK, "gives public addresses away"),
}


@pytest.mark.parametrize("breaks", BREAKS, ids=lambda function: function.__name__)
def test_a_way_around_is_seen(
    whole: Assembly, tmp_path: Path, breaks: Callable[[Body], None]
) -> None:
    where, sentence = BREAKS[breaks]
    broken = tmp_path / "broken"
    shutil.copytree(whole.outdir, broken, ignore=shutil.ignore_patterns("asset.*"))
    [file] = [file for file in broken.glob("*.template.json") if where in file.name]
    body = json.loads(file.read_text())
    breaks(body)
    file.write_text(json.dumps(body))
    assert any(sentence in way for way in ways_around(broken)), ways_around(broken)


def test_an_api_without_a_firewall_is_seen(whole: Assembly, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(whole.outdir, broken, ignore=shutil.ignore_patterns("asset.*"))
    [file] = broken.glob(f"*{INGESTION}*.template.json")
    body = json.loads(file.read_text())
    no_association(body)
    file.write_text(json.dumps(body))
    assert [way.rpartition(": ")[2] for way in ways_around(broken)] == ["no web ACL"]
