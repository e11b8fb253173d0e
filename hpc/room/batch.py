"""AWS Batch: compute environments, queues with fair share, and job definitions."""

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from hpc.room import batch_properties
from hpc.room.batch_jobs import BatchJobs
from hpc.room.images import Images
from hpc.room.resource import resource
from hpc.room.role import Role
from hpc.room.room import Room
from hpc.room.statements import aws_policy
from infra.config.hpc_batch import Batch as BatchConfig
from infra.config.hpc_batch import ComputeEnvironment

INSTANCES = ("service-role/AmazonEC2ContainerServiceforEC2Role", "AmazonSSMManagedInstanceCore")


class Batch(Construct):
    """Containers beside Slurm. `queues` and `limited` (Spot and GPU environments) are names."""

    queues: list[str]
    limited: list[str]

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        batch: BatchConfig,
        grants: cdk.CfnResource,
        failures: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self._room = room
        instances = any(not each.kind.serverless for each in batch.environments)
        profile = self._profile() if instances else ""
        environments = {
            each.name: self._environment(each, profile, grants) for each in batch.environments
        }
        queues = {each.name: self._queue(each, environments) for each in batch.queues}
        images = Images(self, "Images", room=room)
        BatchJobs(
            self, "Jobs", room=room, batch=batch, queues=queues, images=images, failures=failures
        )
        self.queues = [batch_properties.name(room.prefix, each.name) for each in batch.queues]
        self.limited = [
            batch_properties.name(room.prefix, each.name)
            for each in batch.environments
            if batch_properties.is_limited(each)
        ]

    def _environment(
        self, environment: ComputeEnvironment, profile: str, grants: cdk.CfnResource
    ) -> cdk.CfnResource:
        room = self._room
        label = _label(environment.name)
        template = ""
        if not environment.kind.serverless:
            template = resource(
                self,
                f"{label}Template",
                "AWS::EC2::LaunchTemplate",
                batch_properties.launch_template(environment, key=room.key, config=room.config),
                config=room.config,
            ).ref
        made = resource(
            self,
            label,
            "AWS::Batch::ComputeEnvironment",
            batch_properties.environment(
                environment,
                prefix=room.prefix,
                subnets=room.subnets,
                group=room.group,
                profile=profile,
                template=template,
                config=room.config,
            ),
            config=room.config,
        )
        made.add_resource_dependency(grants)
        return made

    def _queue(self, queue: Any, environments: Mapping[str, cdk.CfnResource]) -> cdk.CfnResource:
        room = self._room
        label = _label(queue.name)
        policy = resource(
            self,
            f"{label}Shares",
            "AWS::Batch::SchedulingPolicy",
            batch_properties.shares(queue, prefix=room.prefix),
            config=room.config,
        )
        order = [environments[name].ref for name in queue.environments]
        return resource(
            self,
            f"{label}Queue",
            "AWS::Batch::JobQueue",
            batch_properties.queue(queue, prefix=room.prefix, policy=policy.ref, order=order),
            config=room.config,
        )

    def _profile(self) -> str:
        role = Role(
            self,
            "Instances",
            service="ec2",
            description="Instances of AWS Batch: run containers, keep no data",
            policies={},
            aws_policies=[aws_policy(name) for name in INSTANCES],
            source_account=False,
        )
        return iam.CfnInstanceProfile(self, "Profile", roles=[role.name]).attr_arn


def _label(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("-"))
