"""The function behind the stream."""

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.ingestion.function import FunctionSize, RoomFunction
from infra.ingestion.permissions import allow
from infra.ingestion.room import Room

TIMEOUT = 300
BATCH = 10
PARALLEL = 2
"""Batches of one shard that run at once; the order of records means nothing here."""
CONCURRENCY = 32
"""Four shards of a new on-demand stream, grown fourfold, times PARALLEL."""
ATTEMPTS = 20
"""Tries of a batch before what is left of it goes to the failures: it is halved each time, and
each try rides out about a minute by itself."""
MAX_AGE = cdk.Duration.hours(24)


class DeidentifyFunction(Construct):
    """May read raw objects and the pseudonym key; may add de-identified and quarantined ones."""

    function: lambda_.Function

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        secret: secretsmanager.ISecret,
    ) -> None:
        super().__init__(scope, construct_id)
        data, security, stream = room.data, room.security, room.stream.stream
        function = RoomFunction(
            self,
            "Function",
            room=room,
            module="deidentify",
            size=FunctionSize(memory=2048, timeout=TIMEOUT, concurrency=CONCURRENCY),
            environment={
                "CONFIDENTIAL_BUCKET": data.confidential.bucket_name,
                "IMPORTANT_BUCKET": data.important.bucket_name,
                "QUARANTINE_BUCKET": data.quarantine.bucket_name,
                "EVENT_BUS_NAME": room.bus.event_bus_name,
                "PSEUDONYM_KEY_SECRET": secret.secret_arn,
                "PROFILE": room.config.ingestion.profile.value,
            },
            statements=[
                allow("Raw", ["s3:GetObject"], data.confidential.arn_for_objects("raw/*")),
                # Without it S3 says "forbidden" of an object that is not there.
                allow("RawMissing", ["s3:ListBucket"], data.confidential.bucket_arn),
                allow("Good", ["s3:PutObject"], data.important.arn_for_objects("source=*")),
                allow("Bad", ["s3:PutObject"], data.quarantine.arn_for_objects("reason=*")),
                allow("Events", ["events:PutEvents"], room.bus.event_bus_arn),
                allow("PseudonymKey", ["secretsmanager:GetSecretValue"], secret.secret_arn),
                allow(
                    "Pointers",
                    [
                        "kinesis:DescribeStream",
                        "kinesis:DescribeStreamSummary",
                        "kinesis:GetRecords",
                        "kinesis:GetShardIterator",
                        "kinesis:ListShards",
                    ],
                    stream.stream_arn,
                ),
                allow(
                    "ConfidentialKey",
                    ["kms:Decrypt", "kms:GenerateDataKey"],
                    security.confidential_key.key_arn,
                ),
                allow("ImportantKey", ["kms:GenerateDataKey"], security.important_key.key_arn),
            ],
        )
        self.function = function.function
        self._read(room)

    def _read(self, room: Room) -> None:
        retention = room.stream.retention
        lambda_.EventSourceMapping(
            self,
            "Pointers",
            target=self.function,
            event_source_arn=room.stream.stream.stream_arn,
            # A stream that is new, or whose mapping was made anew, is read from its beginning.
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=BATCH,
            max_batching_window=cdk.Duration.seconds(1),
            parallelization_factor=PARALLEL,
            report_batch_item_failures=True,
            bisect_batch_on_error=True,
            retry_attempts=ATTEMPTS,
            max_record_age=min(MAX_AGE, retention, key=cdk.Duration.to_seconds),
            on_failure=sources.SqsDlq(room.failures),
        )
