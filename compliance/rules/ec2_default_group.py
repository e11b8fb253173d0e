"""The security group that a network is born with lets nothing in or out."""

from collections.abc import Iterator

from compliance.reading.walk import leaves, token
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

# Ours, and the one of aws-ec2.Vpc with restrictDefaultSecurityGroup.
CLOSERS = ("Custom::ClosedDefaultGroup", "Custom::VpcRestrictDefaultSG")


def _check(vpc: Resource, context: Context) -> Iterator[Problem]:
    for closer in context.resources.of_type(*CLOSERS):
        for _, value in leaves(closer.properties):
            if vpc.is_at(value) or token(vpc) in str(value):
                return
    yield Problem("nothing closes its default security group")


RULE = Rule(
    id="IRYO-EC2-DEFAULT-GROUP",
    title=Text(
        "The default security group of a network is closed",
        "ネットワークの既定セキュリティグループが閉じている",
    ),
    remedy=Text(
        "Use the ClosedDefaultGroup construct of the network room.",
        "ネットワークの部屋の ClosedDefaultGroup を使う。",
    ),
    topic=Topic.NETWORK_SEGMENTATION,
    types=("AWS::EC2::VPC",),
    check=_check,
)
