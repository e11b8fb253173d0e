"""Containers of ECS and Batch cannot change the programs they were started with."""

from collections.abc import Iterator

from compliance.reading import containers
from compliance.reading.checks import expect
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(definition: Resource, _: Context) -> Iterator[Problem]:
    for name, container in containers.containers(definition):
        yield from expect(container, "ReadonlyRootFilesystem", True, place=name)


RULE = Rule(
    id="IRYO-CONTAINER-ROOT",
    title=Text(
        "Containers have a read-only root file system",
        "コンテナのルートファイルシステムが読み取り専用である",
    ),
    remedy=Text(
        "Set readonly_root_filesystem=True; mount a volume where the program writes.",
        "readonly_root_filesystem=True とし、書き込み先にはボリュームをマウントする。",
    ),
    topic=Topic.INTEGRITY,
    types=containers.TYPES,
    check=_check,
    applies=containers.runs_containers,
)
