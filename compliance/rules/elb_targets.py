"""Load balancers reach what is behind them over TLS."""

from collections.abc import Iterator

from compliance.reading.checks import look, problem
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

ENCRYPTED = ("HTTPS", "TLS")
# A function is called by AWS's own API, a load balancer has listeners of its own to be judged.
WITHOUT_PROTOCOL = ("lambda", "alb")


def _is_reached(group: Resource, _: Context) -> bool:
    return group.get("TargetType", default="instance") not in WITHOUT_PROTOCOL


def _check(group: Resource, _: Context) -> Iterator[Problem]:
    protocol = look(group, "Protocol", "not set")
    if protocol not in ENCRYPTED:
        yield problem("", "Protocol", f"is {protocol}", "HTTPS or TLS is wanted")


RULE = Rule(
    id="IRYO-ELB-TARGETS",
    title=Text(
        "Load balancers reach their targets over TLS", "ロードバランサーがターゲットへ TLS で届く"
    ),
    remedy=Text("Set the protocol HTTPS.", "プロトコルを HTTPS にする。"),
    topic=Topic.ENCRYPTION_IN_TRANSIT,
    types=("AWS::ElasticLoadBalancingV2::TargetGroup",),
    check=_check,
    applies=_is_reached,
)
