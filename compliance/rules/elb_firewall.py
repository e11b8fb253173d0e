"""Application load balancers have a web ACL in front of them."""

from collections.abc import Iterator

from compliance.reading import elb
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(balancer: Resource, context: Context) -> Iterator[Problem]:
    kind = "AWS::WAFv2::WebACLAssociation"
    if not context.resources.referring(kind, "ResourceArn", balancer):
        yield Problem("no web ACL is associated with it")


RULE = Rule(
    id="IRYO-ELB-FIREWALL",
    title=Text(
        "Application load balancers stand behind a web ACL",
        "アプリケーションロードバランサーの前に Web ACL がある",
    ),
    remedy=Text(
        "Add a CfnWebACLAssociation with the ARN of the load balancer.",
        "ロードバランサーの ARN を指定した CfnWebACLAssociation を加える。",
    ),
    topic=Topic.NETWORK_EXPOSURE,
    types=("AWS::ElasticLoadBalancingV2::LoadBalancer",),
    check=_check,
    applies=elb.is_application,
)
