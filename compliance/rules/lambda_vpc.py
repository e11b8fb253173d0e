"""Functions run in our network."""

from collections.abc import Iterator

from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule


def _check(function: Resource, _: Context) -> Iterator[Problem]:
    for key in ("SubnetIds", "SecurityGroupIds"):
        if not function.get("VpcConfig", key):
            yield Problem(f"VpcConfig.{key} is not set", finding=key)


RULE = Rule(
    id="IRYO-LAMBDA-VPC",
    title="Functions run in our network",
    remedy="Set vpc, vpc_subnets and security_groups.",
    types=("AWS::Lambda::Function",),
    check=_check,
)
