"""What is told at once: batches that nobody could process, and a stream that is read too slowly."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.alerts import Alerts
from infra.config import EnvironmentConfig
from infra.ingestion.room import Room

MINUTES = 5
BEHIND_MINUTES = 15
"""Records wait when the function is throttled or fails; the stream keeps them for days."""


class Alarms(Construct):
    """Alarms of the room, told by mail to contacts.operations."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        room: Room,
        key: kms.IKey,
    ) -> None:
        super().__init__(scope, construct_id)
        self._topic = Alerts(self, "Alerts", config=config, key=key, about="ingestion").topic
        self._alarm(
            "Failures",
            "Batches lie in the failure queue: docs/ingestion.md says how to offer them again",
            namespace="AWS/SQS",
            metric="ApproximateNumberOfMessagesVisible",
            dimension=("QueueName", room.failures.queue_name),
            above=0,
        )
        self._alarm(
            "Behind",
            f"The oldest record that was not read yet is over {BEHIND_MINUTES} minutes old",
            namespace="AWS/Kinesis",
            metric="GetRecords.IteratorAgeMilliseconds",
            dimension=("StreamName", room.stream.stream.stream_name),
            above=cdk.Duration.minutes(BEHIND_MINUTES).to_milliseconds(),
        )

    def _alarm(
        self,
        name: str,
        description: str,
        *,
        namespace: str,
        metric: str,
        dimension: tuple[str, str],
        above: float,
    ) -> None:
        cloudwatch.CfnAlarm(
            self,
            name,
            alarm_description=description,
            namespace=namespace,
            metric_name=metric,
            dimensions=[
                cloudwatch.CfnAlarm.DimensionProperty(name=dimension[0], value=dimension[1])
            ],
            statistic="Maximum",
            period=MINUTES * 60,
            evaluation_periods=1,
            threshold=above,
            comparison_operator="GreaterThanThreshold",
            treat_missing_data="notBreaching",
            alarm_actions=[self._topic],
            ok_actions=[self._topic],
        )
