"""Job definitions of AWS Batch, each with a role of its own, and when they are submitted."""

from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_logs as logs
from constructs import Construct

from hpc.room import batch_properties
from hpc.room.images import Images
from hpc.room.resource import resource
from hpc.room.role import Role
from hpc.room.room import Room
from hpc.room.statements import Statement, allow, bucket_arn, use_key
from infra.config.hpc_batch import Batch, BatchJob


class BatchJobs(Construct):
    """What people submit: as one job, or as an array (--array-properties size=N)."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        batch: Batch,
        queues: Mapping[str, cdk.CfnResource],
        images: Images,
        failures: str,
    ) -> None:
        super().__init__(scope, construct_id)
        if not batch.jobs:
            return
        self._room, self._batch, self._failures = room, batch, failures
        group = logs.CfnLogGroup(
            self,
            "Logs",
            kms_key_id=room.security.log_key.key_arn,
            retention_in_days=room.config.logs.retention_days,
        )
        group.apply_removal_policy(cdk.RemovalPolicy[room.config.data.removal.upper()])
        execution = Role(
            self,
            "Execution",
            service="ecs-tasks",
            description="Starts containers of AWS Batch: pulls images, writes their logs",
            policies={"Policy": _start(images, group)},
        )
        for job in batch.jobs:
            self._job(job, queues, images, execution=execution, group=group)

    def _job(
        self,
        job: BatchJob,
        queues: Mapping[str, cdk.CfnResource],
        images: Images,
        *,
        execution: Role,
        group: logs.CfnLogGroup,
    ) -> None:
        label = "".join(part.capitalize() for part in job.name.split("-"))
        bucket = self._room.data.important.bucket_name
        role = Role(
            self,
            f"{label}Role",
            service="ecs-tasks",
            description=f"Batch job {job.name}",
            policies={"Policy": _lake(job, bucket, self._room.key)},
        )
        definition = resource(
            self,
            label,
            "AWS::Batch::JobDefinition",
            batch_properties.job(
                job,
                prefix=self._room.prefix,
                image=f"{images.uri}{job.image}",
                serverless=self._serverless(job),
                job_role=role.arn,
                execution_role=execution.arn,
                log_group=group.ref,
                region=cdk.Aws.REGION,
                variables={"IRYO_BUCKET": bucket, "IRYO_SCRATCH": batch_properties.SCRATCH},
            ),
            config=self._room.config,
        )
        if job.schedule:
            self._schedule(job, label, queue=queues[job.queue], definition=definition)

    def _serverless(self, job: BatchJob) -> bool:
        [queue] = [each for each in self._batch.queues if each.name == job.queue]
        kinds = {each.name: each.kind for each in self._batch.environments}
        return kinds[queue.environments[0]].serverless

    def _schedule(
        self, job: BatchJob, label: str, *, queue: cdk.CfnResource, definition: cdk.CfnResource
    ) -> None:
        assert job.schedule  # noqa: S101 (the caller's condition)
        role = Role(
            self,
            f"{label}Submit",
            service="events",
            description=f"Submits Batch job {job.name} when it is due",
            policies={"Policy": [allow("Submit", ["batch:SubmitJob"], queue.ref, definition.ref)]},
        )
        size = job.array_size
        array = events.CfnRule.BatchArrayPropertiesProperty(size=size) if size else None
        events.CfnRule(
            self,
            f"{label}Schedule",
            description=f"Submits Batch job {job.name}",
            schedule_expression=job.schedule,
            targets=[
                events.CfnRule.TargetProperty(
                    id="Submit",
                    arn=queue.ref,
                    role_arn=role.arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=self._failures),
                    batch_parameters=events.CfnRule.BatchParametersProperty(
                        job_definition=definition.ref, job_name=job.name, array_properties=array
                    ),
                )
            ],
        )


def _start(images: Images, group: logs.CfnLogGroup) -> list[Statement]:
    pull = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
    return [
        allow("Image", pull, images.arn),
        allow("ImageToken", ["ecr:GetAuthorizationToken"], "*"),
        allow("Logs", ["logs:CreateLogStream", "logs:PutLogEvents"], group.attr_arn),
    ]


def _lake(job: BatchJob, bucket: str, key: str) -> list[Statement]:
    """Return what a job may do in the lake: read and write its prefixes, nothing without any."""
    prefixes: Sequence[str] = (*job.reads, *job.writes)
    if not prefixes:
        return [allow("Metrics", ["cloudwatch:PutMetricData"], "*", when=_NAMESPACE)]
    listed: dict[str, Any] = {"StringLike": {"s3:prefix": [f"{each}*" for each in prefixes]}}
    places = {
        "Read": (["s3:GetObject"], job.reads),
        "Write": (["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"], job.writes),
    }
    return [
        *(
            allow(sid, actions, *(bucket_arn(bucket, f"{each}*") for each in prefix))
            for sid, (actions, prefix) in places.items()
            if prefix
        ),
        allow("List", ["s3:ListBucket"], bucket_arn(bucket), when=listed),
        *use_key("Key", key, "s3")[:1],
    ]


_NAMESPACE = {"StringEquals": {"cloudwatch:namespace": "Iryo/Hpc"}}
