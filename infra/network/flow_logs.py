"""VPC flow logs: who talked to whom, refused attempts included."""

from aws_cdk import ArnFormat, Aws, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.config import EnvironmentConfig
from infra.network.log_group import audit_log_group

# https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html (up to version 5)
FIELDS = (
    *("version", "account-id", "vpc-id", "subnet-id", "interface-id", "instance-id", "az-id"),
    *("srcaddr", "srcport", "dstaddr", "dstport", "pkt-srcaddr", "pkt-dstaddr", "protocol"),
    *("tcp-flags", "type", "packets", "bytes", "start", "end", "action", "log-status"),
    *("flow-direction", "traffic-path", "pkt-src-aws-service", "pkt-dst-aws-service"),
)
AGGREGATION_SECONDS = 60
"""The shorter of the two intervals that AWS offers."""


class FlowLogs(Construct):
    """All traffic of the VPC, to an encrypted log group."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: EnvironmentConfig,
        vpc_id: str,
        key: kms.IKey,
    ) -> None:
        super().__init__(scope, id)
        group = audit_log_group(self, "Group", config=config, key=key)
        role = self._role()
        policy = iam.ManagedPolicy(
            self,
            "Policy",
            description="Lets VPC flow logs write to their log group",
            roles=[role],
            statements=[
                iam.PolicyStatement(
                    actions=[
                        "logs:CreateLogStream",
                        "logs:DescribeLogStreams",
                        "logs:PutLogEvents",
                    ],
                    resources=[group.attr_arn],
                )
            ],
        )
        flow_log = ec2.CfnFlowLog(
            self,
            "Resource",
            resource_type="VPC",
            resource_id=vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_group_name=group.ref,
            deliver_logs_permission_arn=role.role_arn,
            log_format=" ".join(f"${{{field}}}" for field in FIELDS),
            max_aggregation_interval=AGGREGATION_SECONDS,
        )
        flow_log.node.add_dependency(policy)

    def _role(self) -> iam.Role:
        flow_logs = Stack.of(self).format_arn(
            service="ec2",
            resource="vpc-flow-log",
            resource_name="*",
            arn_format=ArnFormat.SLASH_RESOURCE_NAME,
        )
        return iam.Role(
            self,
            "Role",
            description="VPC flow logs of this account",
            assumed_by=iam.ServicePrincipal(
                "vpc-flow-logs.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                    "ArnLike": {"aws:SourceArn": flow_logs},
                },
            ),
        )
