"""Security groups name the protocols that may leave."""

from collections.abc import Iterator

from compliance.resources import Resource, known
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

ALL = "-1"


def _check(resource: Resource, _: Context) -> Iterator[Problem]:
    if resource.type == "AWS::EC2::SecurityGroupEgress":
        rules = [resource.properties]
    else:
        rules = resource.get("SecurityGroupEgress", default=[])
        # EC2 gives a group that is made without egress rules one that lets everything out.
        if not rules:
            yield Problem("it has no egress rule of its own, so EC2 adds one for everything")
    for rule in rules:
        known(rule, "an egress rule")
        if str(known(rule.get("IpProtocol"), "IpProtocol")) == ALL:
            target = next(
                (str(value) for key, value in rule.items() if key.startswith(("Cidr", "Dest"))), "?"
            )
            yield Problem(f"every protocol may leave to {target}", finding=target)


RULE = Rule(
    id="IRYO-EC2-EGRESS",
    title=Text(
        "Security groups let only named protocols out",
        "セキュリティグループが決めたプロトコルだけを外へ通す",
    ),
    remedy=Text(
        "Set allow_all_outbound=False and add the flows that are needed.",
        "allow_all_outbound=False とし、必要な通信を加える。",
    ),
    topic=Topic.NETWORK_EXPOSURE,
    types=("AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupEgress"),
    check=_check,
)
