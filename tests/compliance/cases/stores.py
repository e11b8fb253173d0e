"""What keeps data and logs."""

from typing import Any

from tests.compliance.cases.base import (
    DENY_ALL,
    PUBLIC_ACCESS,
    REPLICA,
    TABLE,
    TRAIL,
    Cases,
    Given,
    bucket,
    encrypted,
    one,
    with_policy,
)
from tests.compliance.platform import KEY, TAGS, arn, deny_less, deny_plain_text, named, ref

TABLES = [
    one("DynamoDB::Table", **TABLE),
    one("DynamoDB::GlobalTable", Replicas=[{"Region": "ap-northeast-1", **REPLICA}]),
]


def _bucket_policy(document: dict[str, Any]) -> Given:
    return with_policy("S3::Bucket", "Bucket", "S3::BucketPolicy", document)


def _secured(*parts: str) -> dict[str, Any]:
    """Return a policy that denies plain text to parts of the bucket."""
    resources = [{"Fn::Join": ["", [arn("Tested"), part]]} for part in parts]
    return deny_plain_text("s3:*", Resource=resources)


CASES: dict[str, Cases] = {
    "IRYO-CLOUDTRAIL-TRAIL": Cases(
        good=[one("CloudTrail::Trail", **TRAIL)],
        bad=[
            (one("CloudTrail::Trail", **{**TRAIL, "KMSKeyId": "alias/aws/cloudtrail"}), {""}),
            (
                one("CloudTrail::Trail", KMSKeyId=arn("Key"), IncludeGlobalServiceEvents=False),
                {
                    *("EnableLogFileValidation", "IsLogging", "IsMultiRegionTrail"),
                    "IncludeGlobalServiceEvents",
                },
            ),
        ],
    ),
    "IRYO-DYNAMODB-ENCRYPTION": Cases(
        good=TABLES,
        bad=[
            (one("DynamoDB::Table"), {""}),
            (
                one(
                    "DynamoDB::GlobalTable", Replicas=[REPLICA, {**REPLICA, "SSESpecification": {}}]
                ),
                {""},
            ),
        ],
    ),
    "IRYO-DYNAMODB-RECOVERY": Cases(
        good=TABLES,
        bad=[
            (one("DynamoDB::Table"), {"recovery", "deletion"}),
            (one("DynamoDB::Table", **{**TABLE, "DeletionProtectionEnabled": False}), {"deletion"}),
            (
                one(
                    "DynamoDB::GlobalTable",
                    Replicas=[REPLICA, {**REPLICA, "PointInTimeRecoverySpecification": {}}],
                ),
                {"recovery"},
            ),
        ],
    ),
    "IRYO-KINESIS-ENCRYPTION": encrypted("Kinesis::Stream", "StreamEncryption", "KeyId"),
    "IRYO-LOGS-ENCRYPTION": encrypted("Logs::LogGroup", "KmsKeyId"),
    "IRYO-LOGS-RETENTION": Cases(
        good=[one("Logs::LogGroup", RetentionInDays=365)],
        bad=[(one("Logs::LogGroup"), {""})],
    ),
    "IRYO-S3-DATA-CLASS": Cases(
        good=[one("S3::Bucket", Tags=[{"Key": "data-class", "Value": "important"}])],
        bad=[
            (one("S3::Bucket"), {""}),
            (one("S3::Bucket", Tags=[{"Key": "data-class", "Value": "secret"}]), {""}),
        ],
    ),
    "IRYO-S3-ENCRYPTION": Cases(
        good=[
            {"Tested": bucket(SSEAlgorithm="aws:kms", KMSMasterKeyID=arn("Key")), "Key": KEY},
            {
                "Tested": bucket(SSEAlgorithm="AES256"),
                "Source": named(
                    "S3::Bucket", LoggingConfiguration={"DestinationBucketName": ref("Tested")}
                ),
            },
        ],
        bad=[
            (one("S3::Bucket"), {""}),
            ({"Tested": bucket(SSEAlgorithm="AES256")}, {""}),
            ({"Tested": bucket(SSEAlgorithm="aws:kms")}, {""}),
        ],
    ),
    "IRYO-S3-PUBLIC-ACCESS": Cases(
        good=[one("S3::Bucket", PublicAccessBlockConfiguration=PUBLIC_ACCESS)],
        bad=[
            (one("S3::Bucket"), {""}),
            (
                one(
                    "S3::Bucket",
                    PublicAccessBlockConfiguration={**PUBLIC_ACCESS, "BlockPublicAcls": False},
                ),
                {""},
            ),
        ],
    ),
    "IRYO-S3-TLS": Cases(
        good=[
            _bucket_policy(deny_plain_text("s3:*")),
            _bucket_policy(_secured("", "/*")),
        ],
        bad=[
            (one("S3::Bucket"), {""}),
            *((_bucket_policy(policy), {""}) for policy in deny_less("s3:*")),
            (_bucket_policy(_secured("")), {""}),
            (_bucket_policy(_secured("/*")), {""}),
            (_bucket_policy(_secured("", "/folder/*")), {""}),
            (_bucket_policy(DENY_ALL), {""}),
        ],
    ),
    "IRYO-TAGS": Cases(
        good=[
            one("S3::Bucket", Tags=[{"Key": key, "Value": value} for key, value in TAGS.items()]),
            one("SSM::Parameter", Tags=TAGS),
        ],
        bad=[
            (one("S3::Bucket"), {""}),
            (one("SSM::Parameter", Tags={**TAGS, "owner": "somebody"}), {""}),
        ],
    ),
}
