"""What alarms watch: pipelines, the endpoint, and what nobody could process."""

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from constructs import Construct

from mlops.release import VARIANT
from mlops.room.room import Room

PIPELINES = "AWS/SageMaker/ModelBuildingPipeline"
ENDPOINTS = "AWS/SageMaker"
MINUTE, QUARTER = cdk.Duration.minutes(1), cdk.Duration.minutes(15)
MICROSECONDS = 1000
"""ModelLatency is in microseconds, settings in milliseconds."""


class Alarms(Construct):
    """Each tells the topic. `checks` also start training, `endpoint` rolls updates back."""

    checks: Mapping[str, cloudwatch.Alarm]
    """By the name of the pipeline that each watches."""
    endpoint: Sequence[cloudwatch.Alarm]

    def __init__(self, scope: Construct, construct_id: str, *, room: Room) -> None:
        super().__init__(scope, construct_id)
        self._tell = actions.SnsAction(room.topic)
        settings = room.config.mlops.endpoint
        self._alarm("ClinicalFailed", _failed(room.names.clinical), "A training run has failed")
        drift, quality = room.names.drift, room.names.quality
        self.checks = {
            drift: self._alarm(
                "Drift",
                _failed(drift),
                "Requests or explanations have drifted, or the check has failed",
            ),
            quality: self._alarm(
                "Quality", _failed(quality), "The model got worse, or the check has failed"
            ),
        }
        self._alarm(
            "Unprocessed",
            room.failures.metric_approximate_number_of_messages_visible(period=MINUTE),
            "An event could not be processed; it waits in the queue",
        )
        errors = self._alarm(
            "EndpointErrors",
            _endpoint(room, "Invocation5XXErrors", statistic="Sum"),
            "The model answers with server errors",
            above=settings.most_errors,
        )
        latency = self._alarm(
            "EndpointLatency",
            _endpoint(room, "ModelLatency", statistic="p99"),
            "The model is slow",
            above=settings.most_latency_ms * MICROSECONDS,
            periods=3,
        )
        self.endpoint = (errors, latency)

    def _alarm(
        self,
        construct_id: str,
        metric: cloudwatch.Metric,
        description: str,
        *,
        above: float = 0,
        periods: int = 1,
    ) -> cloudwatch.Alarm:
        alarm = cloudwatch.Alarm(
            self,
            construct_id,
            metric=metric,
            alarm_description=description,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            threshold=above,
            evaluation_periods=periods,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(self._tell)
        return alarm


def _failed(pipeline: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=PIPELINES,
        metric_name="ExecutionFailed",
        dimensions_map={"PipelineName": pipeline},
        statistic="Sum",
        period=QUARTER,
    )


def _endpoint(room: Room, name: str, *, statistic: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=ENDPOINTS,
        metric_name=name,
        dimensions_map={"EndpointName": room.names.endpoint, "VariantName": VARIANT},
        statistic=statistic,
        period=MINUTE,
    )
