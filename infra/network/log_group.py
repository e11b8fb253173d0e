"""Log groups of the audit trail."""

from typing import Any

from aws_cdk import RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.config import EnvironmentConfig


def audit_log_group(
    scope: Construct,
    id: str,
    *,
    config: EnvironmentConfig,
    key: kms.IKey,
    name: str | None = None,
    policy: dict[str, Any] | None = None,
) -> logs.CfnLogGroup:
    """Make an encrypted log group, kept as long as audit logs are and as safe as the data.

    `policy` is a resource policy of this group alone: account-wide ones are limited to ten.
    """
    group = logs.CfnLogGroup(
        scope,
        id,
        log_group_name=name,
        kms_key_id=key.key_arn,
        retention_in_days=config.logs.audit_retention_days,
        resource_policy_document=policy,
    )
    group.apply_removal_policy(RemovalPolicy(config.data.removal.upper()))
    return group
