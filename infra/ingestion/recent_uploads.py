"""The memory of recent uploads, by which a repeated one is known."""

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from compliance.waivers import waive
from infra.config import DataClass, EnvironmentConfig
from infra.ingestion import waivers


class RecentUploads(Construct):
    """The table of Powertools' idempotency: digests and replies, no content; a day each."""

    table: dynamodb.Table

    def __init__(
        self, scope: Construct, construct_id: str, *, config: EnvironmentConfig, key: kms.IKey
    ) -> None:
        super().__init__(scope, construct_id)
        self.table = dynamodb.Table(
            self,
            "Table",
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
            time_to_live_attribute="expiration",
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=config.data.removal == "retain",
            removal_policy=cdk.RemovalPolicy[config.data.removal.upper()],
        )
        cdk.Tags.of(self).add("data-class", DataClass.CONFIDENTIAL)
        waive(self.table, *waivers.no_backup(config))
