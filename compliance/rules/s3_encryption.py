"""Buckets encrypt with a customer-managed key."""

from collections.abc import Iterator

from compliance.keys import is_customer_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

KMS = ("aws:kms", "aws:kms:dsse")


def _receives_access_logs(bucket: Resource, context: Context) -> bool:
    """Say whether S3 delivers server access logs here.

    It cannot deliver to a bucket that encrypts with KMS by default:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    """
    return any(
        bucket.is_at(other.get("LoggingConfiguration", "DestinationBucketName"))
        for other in context.resources.of_type("AWS::S3::Bucket")
    )


def _check(bucket: Resource, context: Context) -> Iterator[Problem]:
    rules = bucket.get("BucketEncryption", "ServerSideEncryptionConfiguration", default=[])
    given = [rule.get("ServerSideEncryptionByDefault", {}) for rule in rules]
    if any(
        default.get("SSEAlgorithm") in KMS
        and is_customer_key(default.get("KMSMasterKeyID"), context)
        for default in given
    ):
        return
    if given and _receives_access_logs(bucket, context):
        return
    yield Problem("its default encryption uses no customer-managed key")


RULE = Rule(
    id="IRYO-S3-ENCRYPTION",
    title=Text(
        "Buckets encrypt with a customer-managed key", "バケットがカスタマー管理キーで暗号化される"
    ),
    remedy=Text(
        "Set encryption=KMS and encryption_key to the key of the data class.",
        "encryption=KMS とし、encryption_key にデータ分類のキーを設定する。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=("AWS::S3::Bucket",),
    check=_check,
)
