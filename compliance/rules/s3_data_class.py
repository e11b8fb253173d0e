"""Every bucket says which class of data it holds."""

from collections.abc import Iterator

from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule
from compliance.tagging import tags_of

CLASSES = ("confidential", "important", "general")


def _check(bucket: Resource, _: Context) -> Iterator[Problem]:
    given = tags_of(bucket, "Tags").get("data-class")
    if given not in CLASSES:
        yield Problem(f"the tag data-class is {given or 'missing'}; one of {', '.join(CLASSES)}")


RULE = Rule(
    id="IRYO-S3-DATA-CLASS",
    title="Buckets are tagged with their data class",
    remedy='Add Tags.of(bucket).add("data-class", ...).',
    types=("AWS::S3::Bucket",),
    check=_check,
)
