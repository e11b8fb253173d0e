"""The stream of pointers to raw objects."""

import aws_cdk as cdk
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.config import DataClass, EnvironmentConfig


class PointerStream(Construct):
    """An on-demand stream; `retention` is for how long it can be read again."""

    stream: kinesis.Stream
    retention: cdk.Duration

    def __init__(
        self, scope: Construct, construct_id: str, *, config: EnvironmentConfig, key: kms.IKey
    ) -> None:
        super().__init__(scope, construct_id)
        self.retention = cdk.Duration.hours(config.ingestion.stream_retention_hours)
        self.stream = kinesis.Stream(
            self,
            "Stream",
            stream_mode=kinesis.StreamMode.ON_DEMAND,
            encryption=kinesis.StreamEncryption.KMS,
            encryption_key=key,
            retention_period=self.retention,
            removal_policy=cdk.RemovalPolicy[config.data.removal.upper()],
        )
        cdk.Tags.of(self).add("data-class", DataClass.CONFIDENTIAL)
