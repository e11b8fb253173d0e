"""Tasks of ECS and jobs of Batch on Fargate get no public address."""

from collections.abc import Iterator

from compliance.reading import containers
from compliance.reading.checks import expect
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

OFF = (None, "DISABLED")


def _check(resource: Resource, _: Context) -> Iterator[Problem]:
    if resource.type == "AWS::ECS::Service":
        path = "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp"
        yield from expect(resource, path, *OFF)
        return
    yield from expect(resource, "ContainerProperties.NetworkConfiguration.AssignPublicIp", *OFF)
    for place, task in containers.tasks(resource):
        yield from expect(task, "NetworkConfiguration.AssignPublicIp", *OFF, place=place)


RULE = Rule(
    id="IRYO-CONTAINER-PUBLIC-ADDRESS",
    title=Text(
        "Tasks and jobs have no public address",
        "タスクとジョブにパブリックアドレスがない",
    ),
    remedy=Text(
        "Set assign_public_ip=False.",
        "assign_public_ip=False を設定する。",
    ),
    topic=Topic.NETWORK_EXPOSURE,
    types=("AWS::ECS::Service", "AWS::Batch::JobDefinition"),
    check=_check,
)
