"""What keeps data: buckets, keys, tables, streams, secrets."""

import json

from compliance.kill.changes import Properties, granting, having, without
from compliance.kill.mutant import Break, Via
from compliance.resources import Resource

BUCKET = "AWS::S3::Bucket"
KEY = "AWS::KMS::Key"
TABLE = "AWS::DynamoDB::Table"
STREAM = "AWS::Kinesis::Stream"
SECRET = "AWS::SecretsManager::Secret"  # noqa: S105 (a resource type)
POLICY = Via("AWS::S3::BucketPolicy", "Bucket")
DEFAULT = (
    *("BucketEncryption", "ServerSideEncryptionConfiguration", 0),
    "ServerSideEncryptionByDefault",
)
DENIED = ("PolicyDocument", "Statement", 0)
"""The statement that denies plain text."""
BLOCK = "PublicAccessBlockConfiguration"
RECOVERY = ("PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled")


def _holds_data(bucket: Resource) -> bool:
    """Say whether a bucket is no target of access logs, which S3 cannot deliver under KMS."""
    return "KMSMasterKeyID" in json.dumps(bucket.body)


def _unclassed(properties: Properties) -> None:
    tags = properties["Tags"]
    properties["Tags"] = [tag for tag in tags if tag["Key"] != "data-class"]


BREAKS = (
    Break(
        rule="IRYO-S3-ENCRYPTION",
        name="default encryption removed",
        type=BUCKET,
        change=without("BucketEncryption"),
        where=_holds_data,
    ),
    Break(
        rule="IRYO-S3-ENCRYPTION",
        name="encrypted with a key of S3",
        type=BUCKET,
        change=having({"SSEAlgorithm": "AES256"}, *DEFAULT),
        where=_holds_data,
    ),
    Break(
        rule="IRYO-S3-ENCRYPTION",
        name="encrypted with AWS's key",
        type=BUCKET,
        change=having("alias/aws/s3", *DEFAULT, "KMSMasterKeyID"),
        where=_holds_data,
    ),
    Break(
        rule="IRYO-S3-PUBLIC-ACCESS",
        name="public access block removed",
        type=BUCKET,
        change=without(BLOCK),
    ),
    *(
        Break(
            rule="IRYO-S3-PUBLIC-ACCESS",
            name=f"{setting} off",
            type=BUCKET,
            change=having(False, BLOCK, setting),
        )
        for setting in (
            *("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls"),
            "RestrictPublicBuckets",
        )
    ),
    Break(
        rule="IRYO-S3-TLS",
        name="denial of plain text removed",
        type=BUCKET,
        change=without(*DENIED),
        via=POLICY,
    ),
    Break(
        rule="IRYO-S3-TLS",
        name="plain text denied for reading only",
        type=BUCKET,
        change=having("s3:GetObject", *DENIED, "Action"),
        via=POLICY,
    ),
    Break(
        rule="IRYO-S3-TLS",
        name="plain text denied to one network only",
        type=BUCKET,
        change=having({"aws:SourceVpc": "vpc-1"}, *DENIED, "Condition", "StringEquals"),
        via=POLICY,
        guard=False,
    ),
    Break(
        rule="IRYO-S3-TLS",
        name="plain text denied for the list of objects only",
        type=BUCKET,
        change=without(*DENIED, "Resource", 1),
        via=POLICY,
        guard=False,
    ),
    Break(
        rule="IRYO-S3-TLS",
        name="TLS denied instead of plain text",
        type=BUCKET,
        change=having("true", *DENIED, "Condition", "Bool", "aws:SecureTransport"),
        via=POLICY,
    ),
    Break(rule="IRYO-S3-DATA-CLASS", name="no data class", type=BUCKET, change=_unclassed),
    Break(
        rule="IRYO-S3-VERSIONS",
        name="versions suspended",
        type=BUCKET,
        change=having("Suspended", "VersioningConfiguration", "Status"),
    ),
    Break(
        rule="IRYO-S3-OWNERSHIP",
        name="access control lists allowed",
        type=BUCKET,
        change=having("ObjectWriter", "OwnershipControls", "Rules", 0, "ObjectOwnership"),
    ),
    Break(
        rule="IRYO-KMS-MULTI-REGION",
        name="a key that may leave the region",
        type=KEY,
        change=having(True, "MultiRegion"),
    ),
    Break(
        rule="IRYO-KMS-ROTATION",
        name="rotation off",
        type=KEY,
        change=having(False, "EnableKeyRotation"),
    ),
    Break(
        rule="IRYO-KMS-DELETION",
        name="deletion after a week",
        type=KEY,
        change=having(7, "PendingWindowInDays"),
        production=True,
    ),
    Break(
        rule="IRYO-KMS-POLICY",
        name="every principal may decrypt",
        type=KEY,
        change=granting("KeyPolicy", Principal="*", Action="kms:Decrypt", Resource="*"),
    ),
    Break(
        rule="IRYO-KMS-POLICY",
        name="the account may do everything",
        type=KEY,
        change=granting(
            "KeyPolicy",
            Principal={"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}},
            Action="kms:*",
            Resource="*",
        ),
    ),
    Break(
        rule="IRYO-IAM-RESOURCE-POLICY",
        name="a service may use a key for any account",
        type=KEY,
        change=granting(
            "KeyPolicy",
            Principal={"Service": "logs.amazonaws.com"},
            Action="kms:Decrypt",
            Resource="*",
        ),
    ),
    Break(
        rule="IRYO-IAM-RESOURCE-POLICY",
        name="anyone may read a bucket",
        type="AWS::S3::BucketPolicy",
        change=granting("PolicyDocument", Principal="*", Action="s3:GetObject", Resource="*"),
    ),
    Break(
        rule="IRYO-DYNAMODB-ENCRYPTION",
        name="table without a key of ours",
        type=TABLE,
        change=without("SSESpecification"),
    ),
    Break(
        rule="IRYO-DYNAMODB-RECOVERY",
        name="point-in-time recovery off",
        type=TABLE,
        change=having(False, *RECOVERY),
    ),
    Break(
        rule="IRYO-DYNAMODB-RECOVERY",
        name="deletion protection off",
        type=TABLE,
        change=having(False, "DeletionProtectionEnabled"),
        guard=False,
        production=True,
    ),
    Break(
        rule="IRYO-KINESIS-ENCRYPTION",
        name="stream not encrypted",
        type=STREAM,
        change=without("StreamEncryption"),
    ),
    Break(
        rule="IRYO-KINESIS-ENCRYPTION",
        name="stream under AWS's key",
        type=STREAM,
        change=having("alias/aws/kinesis", "StreamEncryption", "KeyId"),
    ),
    Break(
        rule="IRYO-SECRETS-ENCRYPTION",
        name="secret without a key of ours",
        type=SECRET,
        change=without("KmsKeyId"),
    ),
    Break(
        rule="IRYO-SECRETS-PLAINTEXT",
        name="secret written in the template",
        type=SECRET,
        change=having("written", "SecretString"),
    ),
)
