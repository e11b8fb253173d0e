"""Batch jobs that score files too large for Lambda."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_batch as batch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs_
from constructs import Construct

from infra.ingestion import permissions as functions
from infra.ingestion.permissions import allow
from mlops.room import names, permissions
from mlops.room.registry import packages_of
from mlops.room.room import Room
from mlops.room.service_role import ServiceRole

MEMORY_MB = 4096
SECONDS = 4 * 3600
ATTEMPTS = 3
SCRATCH = "scratch"
"""Where the archive is unpacked and answers are kept until they are whole."""


class ScoringJobs(Construct):
    """A queue on Fargate in the application subnets and the job that runs the step image there."""

    queue: batch.CfnJobQueue
    definition: batch.CfnJobDefinition

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        image: str,
        logs: logs_.ILogGroup,
        settings: Mapping[str, str],
    ) -> None:
        super().__init__(scope, construct_id)
        self._room = room
        self.queue = self._queue()
        self.definition = self._job(logs, image, settings)

    def _queue(self) -> batch.CfnJobQueue:
        room = self._room
        environment = batch.CfnComputeEnvironment(
            self,
            "Compute",
            type="MANAGED",
            compute_resources=batch.CfnComputeEnvironment.ComputeResourcesProperty(
                type="FARGATE",
                maxv_cpus=room.config.mlops.offline.most_vcpus,
                subnets=list(room.subnets),
                security_group_ids=[room.network.application_sg.security_group_id],
            ),
        )
        return batch.CfnJobQueue(
            self,
            "JobQueue",
            priority=1,
            compute_environment_order=[
                batch.CfnJobQueue.ComputeEnvironmentOrderProperty(
                    order=1, compute_environment=environment.attr_compute_environment_arn
                )
            ],
        )

    def _job(
        self, logs: logs_.ILogGroup, image: str, settings: Mapping[str, str]
    ) -> batch.CfnJobDefinition:
        room = self._room
        start = ServiceRole(
            self,
            "StartRole",
            services=["ecs-tasks"],
            description="Starts the containers of scoring jobs",
            statements=[
                *permissions.pull_image(permissions.repository_arn(room)),
                functions.write_logs(logs.log_group_arn),
            ],
        )
        job = ServiceRole(
            self,
            "JobRole",
            services=["ecs-tasks"],
            description="Scores large files",
            statements=score(room),
        )
        size = (("VCPU", "1"), ("MEMORY", str(MEMORY_MB)))
        environment = {**settings, "AWS_DEFAULT_REGION": cdk.Aws.REGION}
        return batch.CfnJobDefinition(
            self,
            "Job",
            type="container",
            platform_capabilities=["FARGATE"],
            propagate_tags=True,
            retry_strategy=batch.CfnJobDefinition.RetryStrategyProperty(attempts=ATTEMPTS),
            timeout=batch.CfnJobDefinition.TimeoutProperty(attempt_duration_seconds=SECONDS),
            container_properties=batch.CfnJobDefinition.ContainerPropertiesProperty(
                image=image,
                readonly_root_filesystem=True,
                volumes=[batch.CfnJobDefinition.VolumesProperty(name=SCRATCH)],
                mount_points=[
                    batch.CfnJobDefinition.MountPointsProperty(
                        source_volume=SCRATCH,
                        container_path="/tmp",  # noqa: S108 (the job's own)
                    )
                ],
                command=["score"],
                execution_role_arn=start.role.role_arn,
                job_role_arn=job.role.role_arn,
                resource_requirements=[
                    batch.CfnJobDefinition.ResourceRequirementProperty(type=kind, value=value)
                    for kind, value in size
                ],
                environment=[
                    batch.CfnJobDefinition.EnvironmentProperty(name=name, value=value)
                    for name, value in environment.items()
                ],
                network_configuration=batch.CfnJobDefinition.NetworkConfigurationProperty(
                    assign_public_ip="DISABLED"
                ),
                log_configuration=batch.CfnJobDefinition.LogConfigurationProperty(
                    log_driver="awslogs",
                    options={
                        "awslogs-group": logs.log_group_name,
                        "awslogs-region": cdk.Aws.REGION,
                        "awslogs-stream-prefix": "score",
                    },
                ),
            ),
        )


def score(room: Room) -> list[iam.PolicyStatement]:
    """Allow what scoring reads and writes."""
    bucket = room.data.important
    return [
        allow("Version", ["sagemaker:DescribeModelPackage"], f"{packages_of(room)}/*"),
        permissions.read(room, "Models", names.PIPELINES),
        allow("Inbox", ["s3:GetObject"], bucket.arn_for_objects(f"{names.SCORING}/in/*")),
        allow("Outbox", ["s3:PutObject"], bucket.arn_for_objects(f"{names.SCORING}/out/*")),
        allow("Key", ["kms:Decrypt", "kms:GenerateDataKey"], room.security.important_key.key_arn),
        permissions.not_confidential(room),
    ]
