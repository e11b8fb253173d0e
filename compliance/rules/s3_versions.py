"""What is overwritten or deleted in a bucket can be taken back."""

from collections.abc import Iterator

from compliance.reading.checks import expect
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(bucket: Resource, _: Context) -> Iterator[Problem]:
    yield from expect(bucket, "VersioningConfiguration.Status", "Enabled")


RULE = Rule(
    id="IRYO-S3-VERSIONS",
    title=Text(
        "Buckets keep versions",
        "バケットがバージョンを残す",
    ),
    remedy=Text(
        "Set versioned=True.",
        "versioned=True を設定する。",
    ),
    topic=Topic.BACKUP,
    types=("AWS::S3::Bucket",),
    check=_check,
)
