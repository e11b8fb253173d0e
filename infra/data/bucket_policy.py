"""Statements that every bucket's policy has. They deny; who is allowed is for IAM to say."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from infra.config import EnvironmentConfig

# A request by an AWS service on its own behalf (log delivery) carries no principal of ours. An
# anonymous request does not have the key at all, so IfExists keeps it denied.
NO_AWS_SERVICE = {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}


def deny_outsiders(bucket: s3.IBucket, config: EnvironmentConfig) -> iam.PolicyStatement:
    """Deny every principal outside the organisation or, without one, outside the account."""
    organization = config.account.organization_id
    inside = (
        {"aws:PrincipalOrgID": organization}
        if organization
        else {"aws:PrincipalAccount": cdk.Aws.ACCOUNT_ID}
    )
    return iam.PolicyStatement(
        sid="DenyOutsiders",
        effect=iam.Effect.DENY,
        principals=[iam.AnyPrincipal()],
        actions=["s3:*"],
        resources=[bucket.bucket_arn, bucket.arn_for_objects("*")],
        conditions={"StringNotEquals": inside, **NO_AWS_SERVICE},
    )


def deny_other_keys(bucket: s3.IBucket, key: kms.IKey) -> iam.PolicyStatement:
    """Deny an upload that asks for encryption with anything but the bucket's key.

    An upload without encryption headers is encrypted with the bucket's key by default. One that
    asks for SSE-S3, or for SSE-KMS without naming a key (S3 would take its own, aws/s3), names no
    key and is denied with the others.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
    """
    return iam.PolicyStatement(
        sid="DenyOtherKeys",
        effect=iam.Effect.DENY,
        principals=[iam.AnyPrincipal()],
        actions=["s3:PutObject"],
        resources=[bucket.arn_for_objects("*")],
        conditions={
            "Null": {"s3:x-amz-server-side-encryption": "false"},
            "StringNotEquals": {
                "s3:x-amz-server-side-encryption-aws-kms-key-id": key.key_arn,
            },
            **NO_AWS_SERVICE,
        },
    )


def read_elsewhere(bucket: s3.IBucket, config: EnvironmentConfig) -> iam.PolicyStatement:
    """Let the accounts of the organisation that deploy models from here read those models."""
    return iam.PolicyStatement(
        sid="ModelsForOtherAccounts",
        principals=[iam.AccountPrincipal(one) for one in config.mlops.release.accounts],
        actions=["s3:GetObject"],
        resources=[bucket.arn_for_objects("pipelines/*")],
        conditions={"StringEquals": {"aws:PrincipalOrgID": config.account.organization_id}},
    )


def deny_tampering(bucket: s3.IBucket) -> iam.PolicyStatement:
    """Deny writing and removing objects to all but AWS services and the bucket's lifecycle."""
    return iam.PolicyStatement(
        sid="DenyTampering",
        effect=iam.Effect.DENY,
        principals=[iam.AnyPrincipal()],
        actions=["s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"],
        resources=[bucket.arn_for_objects("*")],
        conditions=NO_AWS_SERVICE,
    )
