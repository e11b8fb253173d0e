"""The log group in which the trail can be searched and alarmed on."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.config import EnvironmentConfig
from infra.security.names import trail_arn


class TrailLogGroup(Construct):
    """An encrypted log group and the role with which CloudTrail writes to it.

    It keeps events for logs.retention_days; the files in the trail's bucket stay longer.
    """

    arn: str
    role: iam.Role
    permission: iam.ManagedPolicy
    """What CloudTrail needs before it accepts the log group."""

    def __init__(
        self, scope: Construct, construct_id: str, *, config: EnvironmentConfig, key: kms.IKey
    ) -> None:
        super().__init__(scope, construct_id)
        group = logs.CfnLogGroup(
            self,
            "LogGroup",
            kms_key_id=key.key_arn,
            retention_in_days=config.logs.retention_days,
        )
        group.apply_removal_policy(cdk.RemovalPolicy[config.data.removal.upper()])
        self.arn = group.attr_arn
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "cloudtrail.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceArn": trail_arn(config)}},
            ),
        )
        streams = cdk.Stack.of(self).format_arn(
            service="logs",
            resource="log-group",
            resource_name=(
                f"{group.ref}:log-stream:{cdk.Aws.ACCOUNT_ID}_CloudTrail_{cdk.Aws.REGION}*"
            ),
            arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
        )
        self.permission = iam.ManagedPolicy(
            self,
            "Write",
            roles=[self.role],
            statements=[
                iam.PolicyStatement(
                    actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[streams]
                )
            ],
        )
