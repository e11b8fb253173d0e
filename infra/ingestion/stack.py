"""The ingestion room: records in over an API, de-identified records out into the lake."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_events as events
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.config import EnvironmentConfig
from infra.data.stack import DataOutputs
from infra.ingestion.alarms import Alarms
from infra.ingestion.api import IngestionApi
from infra.ingestion.code import packages
from infra.ingestion.deidentify import DeidentifyFunction
from infra.ingestion.events import IngestionEvents
from infra.ingestion.failures import Failures
from infra.ingestion.firewall import Firewall
from infra.ingestion.pseudonym_key import PseudonymKey
from infra.ingestion.receive import ReceiveFunction
from infra.ingestion.recent_uploads import RecentUploads
from infra.ingestion.room import Room
from infra.ingestion.stream import PointerStream
from infra.network.stack import NetworkOutputs
from infra.security.stack import SecurityOutputs


@dataclass(frozen=True, kw_only=True)
class IngestionOutputs:
    """What users and other rooms see of the room. `failures` holds what nobody could process."""

    api: apigateway.RestApi
    url: str
    stream: kinesis.IStream
    bus: events.IEventBus
    pseudonym_key: secretsmanager.ISecret
    receive_function: lambda_.IFunction
    deidentify_function: lambda_.IFunction
    failures: sqs.IQueue


class IngestionStack(cdk.NestedStack):
    """API, receive function, stream, de-identify function, event bus."""

    outputs: IngestionOutputs

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        security: SecurityOutputs,
        network: NetworkOutputs,
        data: DataOutputs,
        layer_platform: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        key = security.confidential_key
        room = Room(
            config=config,
            security=security,
            network=network,
            data=data,
            packages=packages(self, "Packages", config=config, platform=layer_platform),
            stream=PointerStream(self, "PointerStream", config=config, key=key),
            bus=IngestionEvents(self, "Events", config=config, key=security.important_key).bus,
            failures=Failures(self, "Failures", config=config, key=key).queue,
        )
        secret = PseudonymKey(self, "PseudonymKey", config=config, key=key).secret
        table = RecentUploads(self, "RecentUploads", config=config, key=key).table
        receive = ReceiveFunction(self, "Receive", room=room, table=table).function
        deidentify = DeidentifyFunction(self, "Deidentify", room=room, secret=secret).function
        entrance = IngestionApi(
            self, "Api", config=config, function=receive, log_key=security.log_key
        )
        Firewall(
            self,
            "Firewall",
            config=config,
            stage=entrance.api.deployment_stage,
            log_key=security.log_key,
        )
        Alarms(self, "Alarms", config=config, room=room, key=security.important_key)
        self.outputs = IngestionOutputs(
            api=entrance.api,
            url=entrance.url,
            stream=room.stream.stream,
            bus=room.bus,
            pseudonym_key=secret,
            receive_function=receive,
            deidentify_function=deidentify,
            failures=room.failures,
        )
