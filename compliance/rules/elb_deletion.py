"""Load balancers of production are hard to delete."""

from collections.abc import Iterator

from compliance.reading import elb
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _of_production(_balancer: Resource, context: Context) -> bool:
    return context.production


def _check(balancer: Resource, _: Context) -> Iterator[Problem]:
    yield from elb.expect(elb.attributes(balancer), "deletion_protection.enabled", "true")


RULE = Rule(
    id="IRYO-ELB-DELETION",
    title=Text(
        "Load balancers in production are hard to delete",
        "本番のロードバランサーが削除されにくい",
    ),
    remedy=Text(
        "Set deletion_protection=True.",
        "deletion_protection=True を設定する。",
    ),
    topic=Topic.AVAILABILITY,
    types=("AWS::ElasticLoadBalancingV2::LoadBalancer",),
    check=_check,
    applies=_of_production,
)
