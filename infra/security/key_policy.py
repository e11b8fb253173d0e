"""Statements of key policies.

A key is used through the services of its data class only, and by whom is for IAM to say: the
account is admitted, so an identity policy in any room is enough and no consumer's ARN stands here.
AWS services that come on their own behalf are admitted under conditions against the confused
deputy: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

from collections.abc import Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

ADMINISTRATION = (
    *("kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListGrants"),
    *("kms:ListKeyPolicies", "kms:ListKeyRotations", "kms:ListResourceTags"),
    *("kms:PutKeyPolicy", "kms:UpdateKeyDescription", "kms:TagResource", "kms:UntagResource"),
    *("kms:CreateAlias", "kms:UpdateAlias", "kms:DeleteAlias"),
    *("kms:EnableKey", "kms:DisableKey", "kms:EnableKeyRotation", "kms:DisableKeyRotation"),
    *("kms:RotateKeyOnDemand", "kms:RevokeGrant"),
    *("kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"),
)
"""What an administrator of the account may do: everything but use the key."""

USE = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey")


def administration() -> iam.PolicyStatement:
    """Let the account's administrators manage the key, not use it."""
    return _statement("Administration", ADMINISTRATION, iam.AccountRootPrincipal())


def use(services: Sequence[str]) -> list[iam.PolicyStatement]:
    """Let identity policies of the account decide who uses the key through these services.

    `services` are prefixes of service endpoints such as s3. Services that keep a grant of their
    own (DynamoDB, Lambda) may create it, a person may not.
    """
    through = {
        "kms:CallerAccount": cdk.Aws.ACCOUNT_ID,
        "kms:ViaService": [f"{name}.{cdk.Aws.REGION}.amazonaws.com" for name in services],
    }
    return [
        _statement("Use", USE, iam.AccountRootPrincipal(), {"StringEquals": through}),
        _statement(
            "GrantsToServices",
            ["kms:CreateGrant"],
            iam.AccountRootPrincipal(),
            {"StringEquals": through, "Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
    ]


def log_groups() -> iam.PolicyStatement:
    """Let CloudWatch Logs encrypt the log groups of this account and Region.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    return _statement(
        "LogGroups",
        USE,
        iam.ServicePrincipal(f"logs.{cdk.Aws.REGION}.amazonaws.com"),
        {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": _arn("logs", "log-group:*")}},
    )


def trail(arn: str) -> list[iam.PolicyStatement]:
    """Let CloudTrail encrypt the files of one trail.

    Decrypt is asked for because the trail's bucket has a bucket key:
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
    """
    cloudtrail = iam.ServicePrincipal("cloudtrail.amazonaws.com")
    source = {"aws:SourceArn": arn}
    return [
        _statement(
            "TrailFiles",
            ["kms:GenerateDataKey*", "kms:Decrypt"],
            cloudtrail,
            {"StringEquals": {**source, "kms:EncryptionContext:aws:cloudtrail:arn": arn}},
        ),
        _statement("TrailKey", ["kms:DescribeKey"], cloudtrail, {"StringEquals": source}),
    ]


def events() -> list[iam.PolicyStatement]:
    """Let EventBridge encrypt buses and archives and write to encrypted queues of this account.

    Calls for a bus or its archive carry the bus's ARN as encryption context; calls for the target
    or the dead-letter queue of a rule or a bus carry the account of whose it is.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-key-policy.html
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
    """
    eventbridge = iam.ServicePrincipal("events.amazonaws.com")
    account = {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}
    return [
        _statement("EventBusKey", ["kms:DescribeKey"], eventbridge, {"StringEquals": account}),
        _statement(
            "EventBuses",
            ["kms:GenerateDataKey", "kms:Decrypt", "kms:ReEncrypt*"],
            eventbridge,
            {
                "ArnLike": {
                    "kms:EncryptionContext:aws:events:event-bus:arn": _arn("events", "event-bus/*")
                }
            },
        ),
        _statement(
            "EventQueues",
            ["kms:GenerateDataKey", "kms:Decrypt"],
            eventbridge,
            {"StringEquals": account},
        ),
    ]


def alarms() -> iam.PolicyStatement:
    """Let CloudWatch alarms of this account write to encrypted topics.

    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    """
    return _statement(
        "Alarms",
        ["kms:Decrypt", "kms:GenerateDataKey*"],
        iam.ServicePrincipal("cloudwatch.amazonaws.com"),
        {"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}},
    )


def fargate_disks(cluster: str) -> list[iam.PolicyStatement]:
    """Let Fargate encrypt the disks of one cluster's tasks.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-create-storage-key.html
    """
    fargate = iam.ServicePrincipal("fargate.amazonaws.com")
    ours = {
        "kms:EncryptionContext:aws:ecs:clusterAccount": cdk.Aws.ACCOUNT_ID,
        "kms:EncryptionContext:aws:ecs:clusterName": cluster,
    }
    only_decrypt = {"ForAllValues:StringEquals": {"kms:GrantOperations": ["Decrypt"]}}
    return [
        _statement(
            "FargateDisks", ["kms:GenerateDataKeyWithoutPlaintext"], fargate, {"StringEquals": ours}
        ),
        _statement(
            "FargateDiskGrants",
            ["kms:CreateGrant"],
            fargate,
            {"StringEquals": ours, **only_decrypt},
        ),
    ]


def node_disks() -> list[iam.PolicyStatement]:
    """Let Auto Scaling encrypt the disks of nodes that it starts.

    Its role is linked to the service, so no policy of ours can be attached to it; an account that
    never had an Auto Scaling group makes it with `aws iam create-service-linked-role`.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
    """
    role = iam.ArnPrincipal(
        f"arn:{cdk.Aws.PARTITION}:iam::{cdk.Aws.ACCOUNT_ID}:role/aws-service-role/"
        "autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    )
    grants = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    return [
        _statement("NodeDisks", USE, role),
        _statement("NodeDiskGrants", ["kms:CreateGrant"], role, grants),
    ]


def shells() -> iam.PolicyStatement:
    """Let identity policies of the account decide who opens an encrypted shell in a container.

    Session Manager's agent and its user call KMS themselves, for the session that they name:
    https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
    """
    return _statement(
        "Shells",
        ["kms:Decrypt", "kms:GenerateDataKey"],
        iam.AccountRootPrincipal(),
        {
            "StringEquals": {"kms:CallerAccount": cdk.Aws.ACCOUNT_ID},
            "Null": {"kms:EncryptionContext:aws:ssm:SessionId": "false"},
        },
    )


def budgets() -> iam.PolicyStatement:
    """Let AWS Budgets of this account write to encrypted topics.

    https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
    """
    return _statement(
        "Budgets",
        ["kms:Decrypt", "kms:GenerateDataKey*"],
        iam.ServicePrincipal("budgets.amazonaws.com"),
        {"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}},
    )


def linked_roles() -> iam.PolicyStatement:
    """Let identity policies decide who lets AWS's service-linked roles use the key.

    They start instances whose volumes have the key, and read the lake for file systems. AWS makes
    them at their first use, so a policy cannot name them as principals.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
    """
    roles = f"arn:{cdk.Aws.PARTITION}:iam::{cdk.Aws.ACCOUNT_ID}:role/aws-service-role/*"
    return _statement(
        "GrantsToLinkedRoles",
        ["kms:CreateGrant"],
        iam.AccountRootPrincipal(),
        {
            "StringEquals": {"kms:CallerAccount": cdk.Aws.ACCOUNT_ID},
            "StringLike": {"kms:GranteePrincipal": roles},
        },
    )


def read_elsewhere(accounts: Sequence[str]) -> iam.PolicyStatement:
    """Let identity policies of other accounts decide who reads objects under this key there."""
    return iam.PolicyStatement(
        sid="ReadElsewhere",
        actions=["kms:Decrypt", "kms:DescribeKey"],
        principals=[iam.AccountPrincipal(account) for account in accounts],
        resources=["*"],
        conditions={"StringEquals": {"kms:ViaService": f"s3.{cdk.Aws.REGION}.amazonaws.com"}},
    )


def _arn(service: str, resource: str) -> str:
    return f"arn:{cdk.Aws.PARTITION}:{service}:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}:{resource}"


def _statement(
    sid: str,
    actions: Sequence[str],
    principal: iam.IPrincipal,
    conditions: dict[str, dict[str, Any]] | None = None,
) -> iam.PolicyStatement:
    # In a key policy the resource * is the key that the policy hangs on.
    return iam.PolicyStatement(
        sid=sid,
        actions=list(actions),
        principals=[principal],
        resources=["*"],
        conditions=conditions,
    )
