"""What the functions of the room have in common."""

from dataclasses import dataclass

from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs

from infra.config import EnvironmentConfig
from infra.data.stack import DataOutputs
from infra.ingestion.stream import PointerStream
from infra.network.stack import NetworkOutputs
from infra.security.stack import SecurityOutputs


@dataclass(frozen=True, kw_only=True)
class Room:
    """The rooms before this one and the resources that both functions use."""

    config: EnvironmentConfig
    security: SecurityOutputs
    network: NetworkOutputs
    data: DataOutputs
    packages: lambda_.ILayerVersion
    stream: PointerStream
    bus: events.IEventBus
    failures: sqs.IQueue
