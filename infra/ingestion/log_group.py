"""Log groups of the room."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.config import EnvironmentConfig


def log_group(
    scope: Construct,
    construct_id: str,
    *,
    config: EnvironmentConfig,
    key: kms.IKey,
    name: str | None = None,
    audit: bool = False,
) -> logs.LogGroup:
    """Make an encrypted log group; with `audit` it is kept as long as the audit trail.

    `name` is for groups whose name AWS dictates.
    """
    days = config.logs.audit_retention_days if audit else config.logs.retention_days
    group = logs.LogGroup(
        scope,
        construct_id,
        log_group_name=name,
        encryption_key=key,
        removal_policy=cdk.RemovalPolicy[config.data.removal.upper()],
    )
    resource = group.node.default_child
    assert isinstance(resource, logs.CfnLogGroup)  # noqa: S101 (what a LogGroup consists of)
    # The L2 wants an enum with a name for each number; the configuration was checked already.
    resource.retention_in_days = days
    return group
