"""Load balancers keep who asked."""

from collections.abc import Iterator

from compliance.reading import elb
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(balancer: Resource, _: Context) -> Iterator[Problem]:
    yield from elb.expect(elb.attributes(balancer), "access_logs.s3.enabled", "true")


RULE = Rule(
    id="IRYO-ELB-LOGS",
    title=Text(
        "Load balancers keep access logs",
        "ロードバランサーがアクセスログを残す",
    ),
    remedy=Text(
        "Call log_access_logs(bucket).",
        "log_access_logs(bucket) を呼ぶ。",
    ),
    topic=Topic.AUDIT_LOGGING,
    types=("AWS::ElasticLoadBalancingV2::LoadBalancer",),
    check=_check,
    applies=elb.has_logs,
)
