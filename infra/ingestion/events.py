"""The room's event bus and its archive."""

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.config import DataClass, EnvironmentConfig

SOURCE = "iryo.ingestion"


class IngestionEvents(Construct):
    """Tells other rooms what was de-identified or quarantined; the archive can tell it again.

    The bus has no resource policy: only identities of this account that IAM admits reach it.
    """

    bus: events.EventBus

    def __init__(
        self, scope: Construct, construct_id: str, *, config: EnvironmentConfig, key: kms.IKey
    ) -> None:
        super().__init__(scope, construct_id)
        self.bus = events.EventBus(
            self, "Bus", kms_key=key, description="Records de-identified and quarantined"
        )
        events.Archive(
            self,
            "Archive",
            source_event_bus=self.bus,
            event_pattern=events.EventPattern(source=[SOURCE]),
            retention=cdk.Duration.days(config.ingestion.archive_days),
            kms_key=key,
            description="Events of the ingestion room, for replay",
        )
        cdk.Tags.of(self).add("data-class", DataClass.IMPORTANT)
