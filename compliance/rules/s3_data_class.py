"""Every bucket says which class of data it holds."""

from collections.abc import Iterator

from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.tagging import tags_of
from compliance.text import Text

CLASSES = ("confidential", "important", "general")


def _check(bucket: Resource, _: Context) -> Iterator[Problem]:
    given = tags_of(bucket, "Tags").get("data-class")
    if given not in CLASSES:
        yield Problem(f"the tag data-class is {given or 'missing'}; one of {', '.join(CLASSES)}")


RULE = Rule(
    id="IRYO-S3-DATA-CLASS",
    title=Text("Buckets are tagged with their data class", "バケットにデータ分類のタグがある"),
    remedy=Text(
        'Add Tags.of(bucket).add("data-class", ...).',
        'Tags.of(bucket).add("data-class", ...) を加える。',
    ),
    topic=Topic.DATA_CLASSIFICATION,
    types=("AWS::S3::Bucket",),
    check=_check,
)
