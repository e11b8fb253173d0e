"""Every connection in a network is logged, refused ones included."""

from collections.abc import Iterator

from compliance.reading.checks import look
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(vpc: Resource, context: Context) -> Iterator[Problem]:
    logs = context.resources.referring("AWS::EC2::FlowLog", "ResourceId", vpc)
    if not any(look(one, "TrafficType") == "ALL" for one in logs):
        yield Problem("no flow log records all its traffic")


RULE = Rule(
    id="IRYO-EC2-FLOW-LOGS",
    title=Text(
        "Networks log all their traffic",
        "ネットワークがすべての通信を記録する",
    ),
    remedy=Text(
        "Add a flow log with traffic_type=ALL.",
        "traffic_type=ALL のフローログを加える。",
    ),
    topic=Topic.AUDIT_LOGGING,
    types=("AWS::EC2::VPC",),
    check=_check,
)
