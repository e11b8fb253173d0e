"""No security group lets the whole Internet in."""

from collections.abc import Iterator

from compliance.resources import Resource, known
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

ANYWHERE = ("0.0.0.0/0", "::/0")


def _check(resource: Resource, _: Context) -> Iterator[Problem]:
    rules = (
        [resource.properties]
        if resource.type == "AWS::EC2::SecurityGroupIngress"
        else resource.get("SecurityGroupIngress", default=[])
    )
    for rule in rules:
        known(rule, "an ingress rule")
        for key in ("CidrIp", "CidrIpv6"):
            if (cidr := known(rule.get(key), key)) in ANYWHERE:
                ports = f"{rule.get('FromPort', 'all')}-{rule.get('ToPort', 'all')}"
                yield Problem(f"{cidr} may enter through ports {ports}", finding=f"{cidr}:{ports}")


RULE = Rule(
    id="IRYO-EC2-INGRESS",
    title=Text(
        "Security groups admit no one from anywhere",
        "セキュリティグループが全世界からの通信を認めない",
    ),
    remedy=Text(
        "Name the security group or the network that may enter.",
        "入ってよいセキュリティグループかネットワークを指定する。",
    ),
    topic=Topic.NETWORK_EXPOSURE,
    types=("AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress"),
    check=_check,
)
