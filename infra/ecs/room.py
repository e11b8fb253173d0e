"""What the constructs of the room have in common."""

from collections.abc import Mapping
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from infra.config import DataClass, EnvironmentConfig
from infra.data.stack import DataOutputs
from infra.edge.stack import EdgeOutputs
from infra.network.stack import NetworkOutputs
from infra.registry.stack import RegistryOutputs
from infra.security.names import cluster_name
from infra.security.stack import SecurityOutputs


@dataclass(frozen=True, kw_only=True)
class Room:
    """The rooms before this one. Without an edge, services are internal only."""

    config: EnvironmentConfig
    security: SecurityOutputs
    network: NetworkOutputs
    data: DataOutputs
    registry: RegistryOutputs
    edge: EdgeOutputs | None
    topic: str
    """ARN of the topic that alarms tell."""

    @property
    def cluster(self) -> str:
        """Return the cluster's name, which key policies and metrics name before it exists."""
        return cluster_name(self.config)

    @property
    def stores(self) -> Mapping[DataClass, tuple[s3.IBucket, kms.IKey]]:
        """Return bucket and key of each class."""
        data, keys = self.data, self.security
        return {
            DataClass.CONFIDENTIAL: (data.confidential, keys.confidential_key),
            DataClass.IMPORTANT: (data.important, keys.important_key),
            DataClass.GENERAL: (data.general, keys.general_key),
        }

    @property
    def subnets(self) -> list[str]:
        """Return the subnets that tasks join."""
        return [subnet.subnet_id for subnet in self.network.application_subnets]

    @property
    def security_groups(self) -> list[str]:
        """Return the security groups that tasks wear."""
        return [self.network.application_sg.security_group_id]

    def repository(self, name: str) -> tuple[str, str]:
        """Return ARN and address of a repository, for example application.

        Those of a pull-through cache come into being with the first pull: they have no resource.
        """
        made = self.registry.repositories.get(name)
        if made:
            return made.repository_arn, made.repository_uri
        registry = f"{cdk.Aws.ACCOUNT_ID}.dkr.ecr.{cdk.Aws.REGION}.{cdk.Aws.URL_SUFFIX}"
        return arn("ecr", f"repository/{name}"), f"{registry}/{name}"


def arn(service: str, resource: str) -> str:
    """Return an ARN of this account and Region."""
    here = f"{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}"
    return f"arn:{cdk.Aws.PARTITION}:{service}:{here}:{resource}"
