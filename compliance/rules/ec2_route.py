"""A route to the internet gateway serves subnets that are tagged as public, and no others."""

from collections.abc import Iterator

from compliance.reading.network import leads_out
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.tagging import tags_of
from compliance.text import Text


def _leads_out(route: Resource, context: Context) -> bool:
    return leads_out(route, context.resources)


def _check(route: Resource, context: Context) -> Iterator[Problem]:
    table = context.resources.at(route.get("RouteTableId"))
    kind = "AWS::EC2::SubnetRouteTableAssociation"
    users = context.resources.referring(kind, "RouteTableId", table) if table else []
    for use in users:
        subnet = context.resources.at(use.get("SubnetId"))
        tags = tags_of(subnet, "Tags") if subnet else {}
        # CDK's own VPC tags its subnets with a type.
        if tags.get("tier") != "public" and tags.get("aws-cdk:subnet-type") != "Public":
            name = subnet.logical_id if subnet else use.logical_id
            yield Problem(
                f"the subnet {name}, which is not tagged as public, uses it", finding=name
            )


RULE = Rule(
    id="IRYO-EC2-ROUTE",
    title=Text(
        "Routes to the internet gateway serve public subnets only",
        "インターネットゲートウェイへの経路がパブリックサブネットだけに使われる",
    ),
    remedy=Text(
        "Tag the subnet tier=public, or route it through a NAT gateway.",
        "サブネットに tier=public のタグを付けるか、NAT ゲートウェイ経由にする。",
    ),
    topic=Topic.NETWORK_SEGMENTATION,
    types=("AWS::EC2::Route",),
    check=_check,
    applies=_leads_out,
)
