"""Instances of Batch are made from a launch template of ours, and nobody logs in to them by SSH."""

from collections.abc import Iterator

from compliance.reading.checks import expect, look, present, problem
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(environment: Resource, _: Context) -> Iterator[Problem]:
    yield from expect(environment, "Type", "MANAGED", "managed")
    kind = str(look(environment, "ComputeResources.Type", ""))
    yield from present(environment, "ComputeResources.SecurityGroupIds")
    if kind.upper().startswith("FARGATE"):
        return
    if look(environment, "ComputeResources.LaunchTemplate") is None:
        where = "ComputeResources.LaunchTemplate"
        yield problem("", where, "is not set", "disks and metadata are AWS's defaults")
    yield from expect(environment, "ComputeResources.Ec2KeyPair", None)


RULE = Rule(
    id="IRYO-BATCH-COMPUTE",
    title=Text(
        "Compute environments are managed, use a launch template and admit no SSH",
        "コンピューティング環境がマネージドで、起動テンプレートを使い、SSH を受け入れない",
    ),
    remedy=Text(
        "Set launch_template (it is judged on its own), no key pair.",
        "launch_template を設定し（テンプレートは別に検査する）、キーペアは設定しない。",
    ),
    topic=Topic.NETWORK_EXPOSURE,
    types=("AWS::Batch::ComputeEnvironment",),
    check=_check,
)
