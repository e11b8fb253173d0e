"""The function behind the API."""

import math

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.config import EnvironmentConfig
from infra.ingestion.function import FunctionSize, RoomFunction
from infra.ingestion.permissions import allow
from infra.ingestion.room import Room

TIMEOUT = 28
"""Seconds; a second less than API Gateway waits (REST API quotas, "Integration timeout")."""
SECONDS_A_REQUEST = 0.25
"""What a request takes with room to spare: concurrency = rate x duration (Little's law)."""


class ReceiveFunction(Construct):
    """May add raw objects, quarantined records, pointers and events; may read none of them."""

    function: lambda_.Function

    def __init__(
        self, scope: Construct, construct_id: str, *, room: Room, table: dynamodb.ITable
    ) -> None:
        super().__init__(scope, construct_id)
        data, stream = room.data, room.stream.stream
        self.function = RoomFunction(
            self,
            "Function",
            room=room,
            module="receive",
            size=FunctionSize(memory=1024, timeout=TIMEOUT, concurrency=_concurrency(room.config)),
            environment={
                "CONFIDENTIAL_BUCKET": data.confidential.bucket_name,
                "QUARANTINE_BUCKET": data.quarantine.bucket_name,
                "STREAM_NAME": stream.stream_name,
                "EVENT_BUS_NAME": room.bus.event_bus_name,
                "IDEMPOTENCY_TABLE": table.table_name,
            },
            statements=[
                allow("Raw", ["s3:PutObject"], data.confidential.arn_for_objects("raw/*")),
                allow("Bad", ["s3:PutObject"], data.quarantine.arn_for_objects("reason=*")),
                allow("Pointers", ["kinesis:PutRecord"], stream.stream_arn),
                allow("Events", ["events:PutEvents"], room.bus.event_bus_arn),
                allow(
                    "RecentUploads",
                    [
                        "dynamodb:DeleteItem",
                        "dynamodb:GetItem",
                        "dynamodb:PutItem",
                        "dynamodb:UpdateItem",
                    ],
                    table.table_arn,
                ),
                allow(
                    "ConfidentialKey",
                    ["kms:Decrypt", "kms:GenerateDataKey"],
                    room.security.confidential_key.key_arn,
                ),
            ],
        ).function


def _concurrency(config: EnvironmentConfig) -> int:
    return max(10, math.ceil(config.ingestion.requests_per_second * SECONDS_A_REQUEST))
