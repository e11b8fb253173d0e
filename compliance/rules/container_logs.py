"""Containers of ECS and Batch say where their logs go: to an encrypted log group."""

from collections.abc import Iterator

from compliance.reading import containers
from compliance.reading.checks import expect, look
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

DRIVERS = ("awslogs", "awsfirelens", "splunk")


def _check(definition: Resource, _: Context) -> Iterator[Problem]:
    for name, container in containers.containers(definition):
        # The log router itself may say nothing more than where it sends.
        if look(container, "FirelensConfiguration"):
            continue
        yield from expect(container, "LogConfiguration.LogDriver", *DRIVERS, place=name)


RULE = Rule(
    id="IRYO-CONTAINER-LOGS",
    title=Text(
        "Containers name their log driver",
        "コンテナがログドライバーを指定している",
    ),
    remedy=Text(
        "Set logging (awslogs with a log group of ours, or FireLens).",
        "logging を設定する（自前のロググループへの awslogs か FireLens）。",
    ),
    topic=Topic.AUDIT_LOGGING,
    types=containers.TYPES,
    check=_check,
    applies=containers.runs_containers,
)
