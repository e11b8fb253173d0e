"""What the functions need to let the endpoint that approvals make grow and shrink."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from infra.ingestion.permissions import allow
from mlops.room.names import arn, sagemaker
from mlops.room.registry import group_of
from mlops.room.room import Room

SERVICE = "sagemaker.application-autoscaling.amazonaws.com"
LINKED = "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"


def bounds(room: Room) -> dict[str, str]:
    """Return the settings that `mlops.runtime.verify` scales by."""
    endpoint = room.config.mlops.endpoint
    return {
        "INSTANCE_COUNT": str(endpoint.instances),
        "MOST_INSTANCES": str(endpoint.most_instances),
        "REQUESTS_AN_INSTANCE": str(endpoint.requests_an_instance),
    }


def may_scale(room: Room) -> list[iam.PolicyStatement]:
    """Allow setting the bounds of the endpoint.

    Application Auto Scaling asks for what its own role will do later on as well:
    https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-prerequisites.html
    """
    endpoint = room.names.endpoint
    linked = allow(
        "ScalingRole",
        ["iam:CreateServiceLinkedRole"],
        f"arn:{cdk.Aws.PARTITION}:iam::{cdk.Aws.ACCOUNT_ID}:role/aws-service-role/{SERVICE}/{LINKED}",
    )
    linked.add_condition("StringEquals", {"iam:AWSServiceName": SERVICE})
    return [
        _on_targets("Scaling", "RegisterScalableTarget", "PutScalingPolicy"),
        allow(
            "ScalingAlarms",
            ["cloudwatch:DeleteAlarms", "cloudwatch:DescribeAlarms", "cloudwatch:PutMetricAlarm"],
            arn("cloudwatch", f"alarm:TargetTracking-endpoint/{endpoint}/*"),
        ),
        allow(
            "ScalingEndpoint",
            ["sagemaker:DescribeEndpoint", "sagemaker:UpdateEndpointWeightsAndCapacities"],
            sagemaker(f"endpoint/{endpoint}"),
        ),
        _configurations(room),
        linked,
    ]


def may_stop_scaling(room: Room) -> list[iam.PolicyStatement]:
    """Allow removing the bounds, which SageMaker asks for before another instance type."""
    return [
        _on_targets("Scaling", "DeregisterScalableTarget"),
        _configurations(room),
    ]


def _on_targets(sid: str, *actions: str) -> iam.PolicyStatement:
    statement = allow(
        sid,
        [f"application-autoscaling:{action}" for action in actions],
        arn("application-autoscaling", "scalable-target/*"),
    )
    namespace = {"application-autoscaling:service-namespace": "sagemaker"}
    statement.add_condition("StringEquals", namespace)
    return statement


def _configurations(room: Room) -> iam.PolicyStatement:
    return allow(
        "ScalingConfig",
        ["sagemaker:DescribeEndpointConfig"],
        sagemaker(f"endpoint-config/{group_of(room)}-*"),
    )
