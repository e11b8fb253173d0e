"""An image keeps its name: what was tested is what runs."""

from collections.abc import Iterator

from compliance.reading.checks import expect
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(repository: Resource, _: Context) -> Iterator[Problem]:
    yield from expect(repository, "ImageTagMutability", "IMMUTABLE", default="MUTABLE")


RULE = Rule(
    id="IRYO-ECR-IMAGES",
    title=Text("Repositories have immutable tags", "リポジトリのタグが変更できない"),
    remedy=Text(
        "Set image_tag_mutability=TagMutability.IMMUTABLE.",
        "image_tag_mutability=TagMutability.IMMUTABLE を設定する。",
    ),
    topic=Topic.INTEGRITY,
    types=("AWS::ECR::Repository", "AWS::ECR::RepositoryCreationTemplate"),
    check=_check,
)
