"""Where batches go that could not be processed however often they were tried."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.config import DataClass, EnvironmentConfig


class Failures(Construct):
    """An encrypted queue of what Lambda gave up on.

    A message names a shard and sequence numbers; docs/ingestion.md says how they are offered again.
    """

    queue: sqs.Queue

    def __init__(
        self, scope: Construct, construct_id: str, *, config: EnvironmentConfig, key: kms.IKey
    ) -> None:
        super().__init__(scope, construct_id)
        self.queue = sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=key,
            enforce_ssl=True,
            retention_period=cdk.Duration.days(14),
            removal_policy=cdk.RemovalPolicy[config.data.removal.upper()],
        )
        cdk.Tags.of(self).add("data-class", DataClass.CONFIDENTIAL)
