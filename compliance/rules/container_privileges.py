"""Containers of ECS and Batch have no power over their host."""

from collections.abc import Iterator

from compliance.reading import containers
from compliance.reading.checks import expect, look
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(definition: Resource, _: Context) -> Iterator[Problem]:
    for name, container in containers.containers(definition):
        yield from expect(container, "Privileged", None, False, place=name)
        added = look(container, "LinuxParameters.Capabilities.Add", [])
        if added:
            where = f"{name}.LinuxParameters.Capabilities.Add"
            yield Problem(f"{where} is {', '.join(map(str, added))}", finding=where)
    for place, task in containers.tasks(definition):
        yield from expect(task, "PidMode", None, "task", place=place)
        yield from expect(task, "IpcMode", None, "task", "none", place=place)
    for name, volume in containers.volumes(definition):
        if look(volume, "Host.SourcePath"):
            where = f"{name}.Host.SourcePath"
            yield Problem(f"{where}: the volume is a folder of the host", finding=where)


RULE = Rule(
    id="IRYO-CONTAINER-PRIVILEGES",
    title=Text(
        "Containers have no privileges and share nothing with their host",
        "コンテナが特権を持たず、ホストと何も共有しない",
    ),
    remedy=Text(
        "Remove privileged, added capabilities, host modes and host volumes.",
        "privileged、追加の capability、host モード、ホストのボリュームを外す。",
    ),
    topic=Topic.ACCESS_CONTROL,
    types=containers.TYPES,
    check=_check,
    applies=containers.runs_containers,
)
