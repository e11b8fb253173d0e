"""Containers in manifests run an image that does not change under its name."""

from collections.abc import Iterator

from compliance.reading import kubernetes
from compliance.reading.checks import look, moves
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _has_pods(manifest: Resource, _: Context) -> bool:
    return any(kubernetes.pods(manifest))


def _check(manifest: Resource, _: Context) -> Iterator[Problem]:
    for place, spec in kubernetes.pods(manifest):
        for name, container in kubernetes.containers(spec):
            image = look(container, "image")
            if moves(image):
                yield Problem(f"{place}.{name} runs {image}", finding=f"{place}.{name}")


RULE = Rule(
    id="IRYO-KUBERNETES-IMAGES",
    title=Text(
        "Containers of pods run images with a fixed tag or digest",
        "Pod のコンテナが固定したタグかダイジェストのイメージで動く",
    ),
    remedy=Text(
        "Give the image a version tag or, better, its digest.",
        "イメージにバージョンのタグ、できればダイジェストを付ける。",
    ),
    topic=Topic.INTEGRITY,
    types=kubernetes.TYPES,
    check=_check,
    applies=_has_pods,
)
