"""Security configurations of Glue encrypt results, logs and bookmarks with our key."""

from collections.abc import Iterator

from compliance.reading.checks import expect, objects, own_key, problem
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(configuration: Resource, context: Context) -> Iterator[Problem]:
    at = "EncryptionConfiguration"
    for part, mode in (("CloudWatchEncryption", "SSE-KMS"), ("JobBookmarksEncryption", "CSE-KMS")):
        yield from expect(configuration, f"{at}.{part}.{part}Mode", mode)
        yield from own_key(configuration, f"{at}.{part}.KmsKeyArn", context)
    buckets = objects(configuration, f"{at}.S3Encryptions")
    if not buckets:
        yield problem("", f"{at}.S3Encryptions", "is not set")
    for one in buckets:
        yield from expect(one, "S3EncryptionMode", "SSE-KMS", place="S3")
        yield from own_key(one, "KmsKeyArn", context, place="S3")


RULE = Rule(
    id="IRYO-GLUE-ENCRYPTION",
    title=Text(
        "Glue security configurations encrypt results, logs and bookmarks",
        "Glue のセキュリティ設定が結果・ログ・ブックマークを暗号化する",
    ),
    remedy=Text(
        "Set the three modes to KMS with a key of ours.",
        "3 つのモードを KMS とし、自前のキーを設定する。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=("AWS::Glue::SecurityConfiguration",),
    check=_check,
)
