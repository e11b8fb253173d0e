"""Statements of the functions' identity policies: named actions on named resources."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

# https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html (execution role permissions)
INTERFACES = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:UnassignPrivateIpAddresses",
)
LISTS = ("ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets")


def allow(sid: str, actions: Sequence[str], *resources: str) -> iam.PolicyStatement:
    """Allow actions on resources."""
    return iam.PolicyStatement(sid=sid, actions=list(actions), resources=list(resources))


def write_logs(log_group_arn: str) -> iam.PolicyStatement:
    """Allow writing to one log group; its ARN ends in `:*`, which stands for its streams."""
    return allow("Logs", ["logs:CreateLogStream", "logs:PutLogEvents"], log_group_arn)


def run_in_vpc() -> list[iam.PolicyStatement]:
    """Allow Lambda to keep the function's network interfaces, and deny it to the function's code.

    Lambda takes the resources of a whole account and Region, nothing narrower; the lists have no
    resource. Calls from inside a function carry its ARN, those of the service do not:
    https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
    """
    here = f"{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}"
    code = f"arn:{cdk.Aws.PARTITION}:lambda:{here}:function:*"
    return [
        allow("VpcInterfaces", INTERFACES, f"arn:{cdk.Aws.PARTITION}:ec2:{here}:*/*"),
        allow("VpcLists", LISTS, "*"),
        iam.PolicyStatement(
            sid="VpcNotFromCode",
            effect=iam.Effect.DENY,
            actions=[*INTERFACES, *LISTS],
            resources=["*"],
            conditions={"ArnLike": {"lambda:SourceFunctionArn": code}},
        ),
    ]


def trace() -> iam.PolicyStatement:
    """Allow sending traces; X-Ray has no resource to name."""
    return allow("Traces", ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], "*")


def send(queue_arn: str) -> iam.PolicyStatement:
    """Allow sending to a queue."""
    return allow("Failures", ["sqs:SendMessage"], queue_arn)
