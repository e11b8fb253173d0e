"""Policies alone say who may read a bucket: access control lists are off."""

from collections.abc import Iterator

from compliance.reading.checks import expect, objects
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(bucket: Resource, _: Context) -> Iterator[Problem]:
    rules = objects(bucket, "OwnershipControls.Rules")
    # New buckets are so without saying it; an ACL is what would change it.
    for rule in rules:
        yield from expect(rule, "ObjectOwnership", "BucketOwnerEnforced")
    if not rules:
        yield from expect(bucket, "AccessControl", None)


RULE = Rule(
    id="IRYO-S3-OWNERSHIP",
    title=Text(
        "Buckets have no access control lists",
        "バケットでアクセスコントロールリストが無効である",
    ),
    remedy=Text(
        "Set object_ownership=ObjectOwnership.BUCKET_OWNER_ENFORCED and no access_control.",
        "object_ownership=ObjectOwnership.BUCKET_OWNER_ENFORCED とし、access_control は設定し"
        "ない。",
    ),
    topic=Topic.ACCESS_CONTROL,
    types=("AWS::S3::Bucket",),
    check=_check,
)
