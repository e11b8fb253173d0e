"""What the room's constructs have in common."""

from dataclasses import dataclass

from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from compliance.defaults import tags
from infra.config import DataClass, EnvironmentConfig
from infra.data.stack import DataOutputs
from infra.network.stack import NetworkOutputs
from infra.security.stack import SecurityOutputs
from mlops.room.names import Names


@dataclass(frozen=True, kw_only=True)
class Room:
    """The rooms before this one, the room's names and what its functions share."""

    config: EnvironmentConfig
    security: SecurityOutputs
    network: NetworkOutputs
    data: DataOutputs
    names: Names
    packages: lambda_.ILayerVersion
    failures: sqs.IQueue
    bus: events.IEventBus
    topic: sns.ITopic

    def job_tags(self, data_class: DataClass = DataClass.IMPORTANT) -> dict[str, str]:
        """Return the tags of jobs and other things that are made while running."""
        return {**tags(self.config), "data-class": data_class.value}

    @property
    def subnets(self) -> tuple[str, ...]:
        """The subnets that jobs and models join."""
        return tuple(subnet.subnet_id for subnet in self.network.application_subnets)

    @property
    def security_groups(self) -> tuple[str, ...]:
        """The security groups that jobs and models wear."""
        return (self.network.ml_sg.security_group_id,)
