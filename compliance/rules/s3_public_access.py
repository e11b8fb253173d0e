"""Nothing in a bucket can become public."""

from collections.abc import Iterator

from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

SETTINGS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def _check(bucket: Resource, _: Context) -> Iterator[Problem]:
    open_ = [
        setting
        for setting in SETTINGS
        if bucket.get("PublicAccessBlockConfiguration", setting) is not True
    ]
    if open_:
        yield Problem(f"{', '.join(open_)} not true")


RULE = Rule(
    id="IRYO-S3-PUBLIC-ACCESS",
    title=Text(
        "Buckets block every kind of public access",
        "バケットがあらゆるパブリックアクセスをブロックする",
    ),
    remedy=Text(
        "Set block_public_access=BlockPublicAccess.BLOCK_ALL.",
        "block_public_access=BlockPublicAccess.BLOCK_ALL を設定する。",
    ),
    topic=Topic.NETWORK_EXPOSURE,
    types=("AWS::S3::Bucket",),
    check=_check,
)
