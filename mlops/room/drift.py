"""From captured requests back to training: the scheduled check and what its alarm starts."""

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.config.mlops import DriftCheck
from infra.ingestion.permissions import allow
from mlops.room import names
from mlops.room.function import RoomFunction, on
from mlops.room.names import sagemaker
from mlops.room.registry import packages_of
from mlops.room.room import Room


class Drift(Construct):
    """`watch` starts the check, a schedule calls it; `alarm` fires when the check has failed.

    Training starts only when the check failed because of drift, within the configured limits.
    """

    watch: lambda_.IFunction | None = None

    def __init__(
        self, scope: Construct, construct_id: str, *, room: Room, alarm: cloudwatch.Alarm
    ) -> None:
        super().__init__(scope, construct_id)
        self._room = room
        self._clinical = sagemaker(f"pipeline/{room.names.clinical}")
        self._check = sagemaker(f"pipeline/{room.names.drift}")
        if room.config.mlops.release.drift is not DriftCheck.OFF:
            self.watch = self._watch()
        on(
            self,
            "Drifted",
            room=room,
            function=self._retrain(),
            pattern=events.EventPattern(
                source=["aws.cloudwatch"],
                detail_type=["CloudWatch Alarm State Change"],
                resources=[alarm.alarm_arn],
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
                allow("Start", ["sagemaker:StartPipelineExecution"], self._check),
                lists,
            ],
            environment={
                "ENDPOINT_NAME": room.names.endpoint,
                "PACKAGE_ARN": packages_of(room),
                "PIPELINE_NAME": room.names.drift,
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
                allow("History", history, self._clinical, self._check),
                allow("Finding", steps, f"{self._check}/execution/*"),
                allow("Tell", ["events:PutEvents"], room.bus.event_bus_arn),
            ],
            environment={
                "PIPELINE_NAME": room.names.clinical,
                "DRIFT_PIPELINE": room.names.drift,
                "COOL_DOWN_HOURS": str(release.cool_down_hours),
                "MOST_RUNS": str(release.most_retrainings),
                "PERIOD_DAYS": str(release.period_days),
                "EVENT_BUS": room.bus.event_bus_name,
            },
        ).function
