"""From captured requests back to training: the scheduled checks and what their alarms start."""

from collections.abc import Mapping

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.config.mlops import DriftCheck, QualityCheck
from infra.ingestion.permissions import allow
from mlops.room import names
from mlops.room.function import RoomFunction, on
from mlops.room.names import sagemaker
from mlops.room.registry import packages_of
from mlops.room.room import Room


class Drift(Construct):
    """`watch` starts a check, a schedule calls it; its alarm fires when the check has failed.

    `alarms` are those of the checks' pipelines. Training starts only when a check failed because it
    found something, within the configured limits.
    """

    watch: lambda_.IFunction | None = None

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        alarms: Mapping[str, cloudwatch.Alarm],
    ) -> None:
        super().__init__(scope, construct_id)
        self._room, self._alarms = room, alarms
        self._clinical = sagemaker(f"pipeline/{room.names.clinical}")
        self._checks = [sagemaker(f"pipeline/{pipeline}") for pipeline in alarms]
        release = room.config.mlops.release
        if release.drift is not DriftCheck.OFF or release.quality is not QualityCheck.OFF:
            self.watch = self._watch()
        on(
            self,
            "Drifted",
            room=room,
            function=self._retrain(),
            pattern=events.EventPattern(
                source=["aws.cloudwatch"],
                detail_type=["CloudWatch Alarm State Change"],
                resources=[alarm.alarm_arn for alarm in alarms.values()],
                detail={"state": {"value": ["ALARM"]}},
            ),
        )

    def _watch(self) -> lambda_.IFunction:
        room, capture = self._room, self._room.data.confidential
        lists = allow("CapturesThere", ["s3:ListBucket"], capture.bucket_arn)
        lists.add_condition("StringLike", {"s3:prefix": f"{names.CAPTURE}/*"})
        return RoomFunction(
            self,
            "Watch",
            room=room,
            module="watch",
            statements=[
                allow(
                    "Serving",
                    ["sagemaker:DescribeEndpoint", "sagemaker:ListTags"],
                    sagemaker(f"endpoint/{room.names.endpoint}"),
                ),
                allow("Baseline", ["sagemaker:DescribeModelPackage"], f"{packages_of(room)}/*"),
                allow("Start", ["sagemaker:StartPipelineExecution"], *self._checks),
                lists,
            ],
            environment={
                "ENDPOINT_NAME": room.names.endpoint,
                "PACKAGE_ARN": packages_of(room),
                "DRIFT_PIPELINE": room.names.drift,
                "QUALITY_PIPELINE": room.names.quality,
                "CAPTURE_BUCKET": capture.bucket_name,
                "CAPTURE_PREFIX": names.CAPTURE,
                "WINDOW": room.config.mlops.release.drift.value,
            },
        ).function

    def _retrain(self) -> lambda_.Function:
        room, release = self._room, self._room.config.mlops.release
        history = ["sagemaker:ListPipelineExecutions"]
        steps = ["sagemaker:ListPipelineExecutionSteps"]
        return RoomFunction(
            self,
            "Retrain",
            room=room,
            module="retrain",
            statements=[
                allow("Start", ["sagemaker:StartPipelineExecution"], self._clinical),
                allow("History", history, self._clinical, *self._checks),
                allow("Finding", steps, *(f"{check}/execution/*" for check in self._checks)),
                allow("Tell", ["events:PutEvents"], room.bus.event_bus_arn),
            ],
            environment={
                "PIPELINE_NAME": room.names.clinical,
                "CHECKS": ",".join(
                    f"{alarm.alarm_name}={name}" for name, alarm in self._alarms.items()
                ),
                "COOL_DOWN_HOURS": str(release.cool_down_hours),
                "MOST_RUNS": str(release.most_retrainings),
                "PERIOD_DAYS": str(release.period_days),
                "EVENT_BUS": room.bus.event_bus_name,
            },
        ).function
