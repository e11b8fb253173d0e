"""Autoscaling of the endpoint that approvals make: it can only be set on an endpoint that serves.

https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling.html
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import boto3

from mlops.release import VARIANT

OUT_SECONDS, IN_SECONDS = 60, 600
"""Out at once, in slowly: starting an instance takes minutes."""


@dataclass(frozen=True, kw_only=True)
class Scaling:
    """How many instances the serving variant may have."""

    endpoint: str
    least: int
    most: int
    requests: int
    """A minute and instance, that is aimed at."""

    def keep(self) -> None:
        """Let the variant grow and shrink within its bounds; the same again changes nothing."""
        client = boto3.client("application-autoscaling")
        client.register_scalable_target(
            **_variant(self.endpoint), MinCapacity=self.least, MaxCapacity=self.most
        )
        client.put_scaling_policy(
            **_variant(self.endpoint),
            PolicyName=f"{self.endpoint}-requests",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": float(self.requests),
                "PredefinedMetricSpecification": {
                    "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
                },
                "ScaleOutCooldown": OUT_SECONDS,
                "ScaleInCooldown": IN_SECONDS,
            },
        )


def leave(endpoint: str) -> None:
    """Stop scaling until `keep` is called again: SageMaker changes no instance type meanwhile."""
    client = boto3.client("application-autoscaling")
    # It has none when a setting has just asked for scaling.
    with suppress(client.exceptions.ObjectNotFoundException):
        client.deregister_scalable_target(**_variant(endpoint))


def _variant(endpoint: str) -> dict[str, Any]:
    return {
        "ServiceNamespace": "sagemaker",
        "ResourceId": f"endpoint/{endpoint}/variant/{VARIANT}",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    }
