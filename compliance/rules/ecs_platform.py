"""Tasks have a network interface of their own and name the platform that they are built for."""

from collections.abc import Iterator

from compliance.reading.checks import expect, present
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(task: Resource, _: Context) -> Iterator[Problem]:
    yield from expect(task, "NetworkMode", "awsvpc", default="bridge")
    for key in ("OperatingSystemFamily", "CpuArchitecture"):
        yield from present(task, f"RuntimePlatform.{key}")


RULE = Rule(
    id="IRYO-ECS-PLATFORM",
    title=Text(
        "Tasks have their own network interface and a named platform",
        "タスクが専用のネットワークインターフェースと明示したプラットフォームを持つ",
    ),
    remedy=Text(
        "Set network_mode AWS_VPC and runtime_platform.",
        "network_mode を AWS_VPC にし、runtime_platform を設定する。",
    ),
    topic=Topic.NETWORK_SEGMENTATION,
    types=("AWS::ECS::TaskDefinition",),
    check=_check,
)
