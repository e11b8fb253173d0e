"""EKS clusters: as CloudFormation has them, and as CDK's older custom resource does."""

from typing import Any

from compliance.resources import Resource

CLUSTER, CUSTOM = "AWS::EKS::Cluster", "Custom::AWSCDK-EKS-Cluster"
TYPES = (CLUSTER, CUSTOM)


def settings(cluster: Resource) -> dict[str, Any]:
    """Return a cluster's settings by the names of CloudFormation.

    The custom resource hands the request of the API on, whose names begin with small letters.
    """
    if cluster.type == CLUSTER:
        return cluster.properties
    config: dict[str, Any] = capitalised(cluster.get("Config", default={}))
    return config


def capitalised(value: Any) -> Any:
    """Return a value whose objects have names that begin with capital letters."""
    if isinstance(value, list):
        return [capitalised(member) for member in value]
    if isinstance(value, dict):
        return {key[:1].upper() + key[1:]: capitalised(member) for key, member in value.items()}
    return value
