"""Functions run in our network."""

from collections.abc import Iterator

from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(function: Resource, _: Context) -> Iterator[Problem]:
    for key in ("SubnetIds", "SecurityGroupIds"):
        if not function.get("VpcConfig", key):
            yield Problem(f"VpcConfig.{key} is not set", finding=key)


RULE = Rule(
    id="IRYO-LAMBDA-VPC",
    title=Text("Functions run in our network", "関数が自前のネットワーク内で動く"),
    remedy=Text(
        "Set vpc, vpc_subnets and security_groups.",
        "vpc、vpc_subnets、security_groups を設定する。",
    ),
    topic=Topic.NETWORK_SEGMENTATION,
    types=("AWS::Lambda::Function",),
    check=_check,
)
