"""What runs by itself: training when asked for, the checks by default."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sagemaker as sagemaker
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.config.mlops import DriftCheck, QualityCheck
from infra.ingestion.permissions import allow, send
from mlops.room.names import sagemaker as arn_of
from mlops.room.room import Room
from mlops.room.service_role import ServiceRole

ZONE = "Asia/Tokyo"
MONTHLY = "cron(0 10 1 * ? *)"
AT = {DriftCheck.DAILY: "cron(0 10 * * ? *)", DriftCheck.MONTHLY: MONTHLY}
"""Ten in Tokyo is one in UTC, by which data capture has closed the day before."""


class Schedules(Construct):
    """Starts that fail for an hour go to the room's failures, where an alarm sees them."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        clinical: sagemaker.CfnPipeline,
        watch: lambda_.IFunction | None,
    ) -> None:
        super().__init__(scope, construct_id)
        wanted = room.config.mlops.training.schedule
        if wanted:
            pipeline = arn_of(f"pipeline/{room.names.clinical}")
            schedule = self._schedule(
                "Train",
                room,
                expression=wanted,
                target=pipeline,
                statement=allow("Start", ["sagemaker:StartPipelineExecution"], pipeline),
            )
            schedule.node.add_dependency(clinical)
        release = room.config.mlops.release
        if watch and release.drift is not DriftCheck.OFF:
            self._check("Drift", room, watch, at=AT[release.drift])
        if watch and release.quality is not QualityCheck.OFF:
            self._check("Quality", room, watch, at=MONTHLY)

    def _check(self, name: str, room: Room, watch: lambda_.IFunction, *, at: str) -> None:
        self._schedule(
            name,
            room,
            expression=at,
            target=watch.function_arn,
            statement=allow("Invoke", ["lambda:InvokeFunction"], watch.function_arn),
            given=f'{{"check": "{name.lower()}", "time": "<aws.scheduler.scheduled-time>"}}',
        )

    def _schedule(
        self,
        construct_id: str,
        room: Room,
        *,
        expression: str,
        target: str,
        statement: iam.PolicyStatement,
        given: str | None = None,
    ) -> scheduler.CfnSchedule:
        role = ServiceRole(
            self,
            f"{construct_id}Role",
            services=["scheduler"],
            description=f"Schedule {construct_id} of the MLOps room",
            statements=[
                statement,
                send(room.failures.queue_arn),
                allow(
                    "QueueKey",
                    ["kms:Decrypt", "kms:GenerateDataKey"],
                    room.security.important_key.key_arn,
                ),
            ],
        )
        schedule = scheduler.CfnSchedule(
            self,
            construct_id,
            kms_key_arn=room.security.important_key.key_arn,
            schedule_expression=expression,
            schedule_expression_timezone=ZONE,
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=target,
                role_arn=role.role.role_arn,
                input=given,
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(
                    arn=room.failures.queue_arn
                ),
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=int(cdk.Duration.hours(1).to_seconds()),
                    maximum_retry_attempts=10,
                ),
            ),
        )
        schedule.node.add_dependency(role.policy)
        return schedule
