"""The properties of AWS Batch's resources, as plain data."""

from collections.abc import Sequence
from typing import Any

from hpc import instances
from hpc.tags import room_tags
from infra.config import EnvironmentConfig
from infra.config.hpc_batch import BatchJob, BatchQueue, ComputeEnvironment, ComputeKind

Properties = dict[str, Any]
TYPES = {
    ComputeKind.FARGATE: "FARGATE",
    ComputeKind.FARGATE_SPOT: "FARGATE_SPOT",
    ComputeKind.ON_DEMAND: "EC2",
    ComputeKind.SPOT: "SPOT",
}
STRATEGIES = {
    ComputeKind.ON_DEMAND: "BEST_FIT_PROGRESSIVE",
    ComputeKind.SPOT: "SPOT_PRICE_CAPACITY_OPTIMIZED",
}
SCRATCH = "/scratch"
"""What a container may write to; everything else in it is read-only."""
NOBODY = "65534:65534"
# https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html
NEVER_STARTS = (
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
    "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
)


def name(prefix: str, of: str) -> str:
    """Return the name of a queue or an environment in the account."""
    return f"{prefix}-{of}"


def is_limited(environment: ComputeEnvironment) -> bool:
    """Whether it takes no new job once the budget is used up: Spot, and GPUs."""
    if environment.kind in (ComputeKind.SPOT, ComputeKind.FARGATE_SPOT):
        return True
    return any(has_gpu(kind) for kind in environment.instance_types)


def has_gpu(kind: str) -> bool:
    """Whether an instance type has a GPU."""
    known = instances.facts(kind)
    return bool(known and known.gpus)


def environment(
    described: ComputeEnvironment,
    *,
    prefix: str,
    subnets: Sequence[str],
    group: str,
    profile: str,
    template: str,
    config: EnvironmentConfig,
) -> Properties:
    """Return the properties of a managed compute environment; it has no instance at rest."""
    resources: Properties = {
        "Type": TYPES[described.kind],
        "MaxvCpus": described.max_vcpus,
        "Subnets": list(subnets),
        "SecurityGroupIds": [group],
    }
    if not described.kind.serverless:
        gpus = any(has_gpu(kind) for kind in described.instance_types)
        resources |= {
            "MinvCpus": 0,
            "AllocationStrategy": STRATEGIES[described.kind],
            "InstanceTypes": list(described.instance_types),
            "InstanceRole": profile,
            "LaunchTemplate": {"LaunchTemplateId": template, "Version": "$Latest"},
            "Ec2Configuration": [{"ImageType": "ECS_AL2023_NVIDIA" if gpus else "ECS_AL2023"}],
            "UpdateToLatestImageVersion": True,
            "Tags": {**room_tags(config), "queue": described.name},
        }
    made: Properties = {
        "ComputeEnvironmentName": name(prefix, described.name),
        "Type": "MANAGED",
        "State": "ENABLED",
        "ReplaceComputeEnvironment": False,
        "ComputeResources": resources,
    }
    if not described.kind.serverless:
        made["UpdatePolicy"] = {
            "TerminateJobsOnUpdate": False,
            "JobExecutionTimeoutMinutes": 360,
        }
    return made


def launch_template(
    described: ComputeEnvironment, *, key: str, config: EnvironmentConfig
) -> Properties:
    """Return what instances are made from: encrypted disks, IMDSv2 that no container reaches."""
    labels = {**room_tags(config), "queue": described.name}
    pairs = [{"Key": label, "Value": value} for label, value in labels.items()]
    data: Properties = {
        "BlockDeviceMappings": [
            {
                "DeviceName": "/dev/xvda",
                "Ebs": {
                    "VolumeSize": described.root_gib,
                    "VolumeType": "gp3",
                    "Encrypted": True,
                    "KmsKeyId": key,
                    "DeleteOnTermination": True,
                },
            }
        ],
        "MetadataOptions": {
            "HttpTokens": "required",
            "HttpPutResponseHopLimit": 1,
            "HttpEndpoint": "enabled",
        },
        "Monitoring": {"Enabled": True},
        "TagSpecifications": [{"ResourceType": "volume", "Tags": pairs}],
    }
    return {
        "LaunchTemplateData": data,
        "TagSpecifications": [{"ResourceType": "launch-template", "Tags": pairs}],
    }


def shares(described: BatchQueue, *, prefix: str) -> Properties:
    """Return the properties of a queue's fair share."""
    return {
        "Name": name(prefix, described.name),
        "FairsharePolicy": {
            "ShareDecaySeconds": described.half_life_hours * 3600,
            # A tenth is kept back for shares that have nothing running yet.
            "ComputeReservation": 10,
            "ShareDistribution": [
                {"ShareIdentifier": share.name, "WeightFactor": share.weight}
                for share in described.shares
            ],
        },
    }


def queue(described: BatchQueue, *, prefix: str, policy: str, order: Sequence[str]) -> Properties:
    """Return the properties of a job queue."""
    return {
        "JobQueueName": name(prefix, described.name),
        "Priority": described.priority,
        "State": "ENABLED",
        "SchedulingPolicyArn": policy,
        "ComputeEnvironmentOrder": [
            {"Order": index + 1, "ComputeEnvironment": each} for index, each in enumerate(order)
        ],
        "JobStateTimeLimitActions": [
            {
                "Action": "CANCEL",
                "MaxTimeSeconds": described.stuck_hours * 3600,
                "Reason": reason,
                "State": "RUNNABLE",
            }
            for reason in NEVER_STARTS
        ],
    }


def job(
    described: BatchJob,
    *,
    prefix: str,
    image: str,
    serverless: bool,
    job_role: str,
    execution_role: str,
    log_group: str,
    region: str,
    variables: dict[str, str],
) -> Properties:
    """Return the properties of a job definition: no privileges, nothing writable but a scratch."""
    needs = [
        {"Type": "VCPU", "Value": f"{described.vcpus:g}"},
        {"Type": "MEMORY", "Value": str(described.memory_mib)},
        *([{"Type": "GPU", "Value": str(described.gpus)}] if described.gpus else []),
    ]
    container: Properties = {
        "Image": image,
        "ResourceRequirements": needs,
        "JobRoleArn": job_role,
        "ExecutionRoleArn": execution_role,
        "User": NOBODY,
        "Privileged": False,
        "ReadonlyRootFilesystem": True,
        "Environment": [{"Name": key, "Value": value} for key, value in variables.items()],
        "Volumes": [{"Name": "scratch"}],
        "MountPoints": [{"SourceVolume": "scratch", "ContainerPath": SCRATCH, "ReadOnly": False}],
        "LogConfiguration": {
            "LogDriver": "awslogs",
            "Options": {
                "awslogs-group": log_group,
                "awslogs-region": region,
                "awslogs-stream-prefix": described.name,
            },
        },
    }
    if described.command:
        container["Command"] = list(described.command)
    if serverless:
        container["NetworkConfiguration"] = {"AssignPublicIp": "DISABLED"}
        container["FargatePlatformConfiguration"] = {"PlatformVersion": "LATEST"}
    else:
        container["LinuxParameters"] = {"InitProcessEnabled": True}
    return {
        "JobDefinitionName": name(prefix, described.name),
        "Type": "container",
        "PlatformCapabilities": ["FARGATE" if serverless else "EC2"],
        "PropagateTags": True,
        "SchedulingPriority": 1,
        "ContainerProperties": container,
        "Timeout": {"AttemptDurationSeconds": described.max_hours * 3600},
        "RetryStrategy": {
            "Attempts": described.attempts,
            "EvaluateOnExit": [
                {"Action": "RETRY", "OnStatusReason": "Host EC2*"},
                {"Action": "RETRY", "OnStatusReason": "Your Spot Task was interrupted*"},
                {"Action": "EXIT", "OnReason": "*"},
            ],
        },
    }
