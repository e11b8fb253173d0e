"""Containers of ECS and Batch run an image that does not change under its name."""

from collections.abc import Iterator

from compliance.reading import containers
from compliance.reading.checks import look, moves
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(definition: Resource, _: Context) -> Iterator[Problem]:
    for name, container in containers.containers(definition):
        image = look(container, "Image")
        if moves(image):
            yield Problem(f"{name} runs {image}", finding=name)


RULE = Rule(
    id="IRYO-CONTAINER-IMAGES",
    title=Text(
        "Containers run images with a fixed tag or digest",
        "コンテナが固定したタグかダイジェストのイメージで動く",
    ),
    remedy=Text(
        "Give the image a version tag or, better, its digest.",
        "イメージにバージョンのタグ、できればダイジェストを付ける。",
    ),
    topic=Topic.INTEGRITY,
    types=containers.TYPES,
    check=_check,
    applies=containers.runs_containers,
)
