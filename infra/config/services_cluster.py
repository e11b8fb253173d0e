"""What an environment file says about the cluster of rooms.ecs: `[ecs]`."""

from typing import Annotated, Literal

from pydantic import Field

from infra.config.base import Model
from infra.config.services import IMAGE


class InstancesConfig(Model):
    """EC2 instances that ECS starts, patches and ends; for services with capacity = "ec2"."""

    types: tuple[Annotated[str, Field(pattern=r"^[a-z0-9-]+\.[a-z0-9*]+$")], ...] = ("m7g.*",)
    """Instance types that may be taken, * for every size."""
    most_vcpus: Annotated[int, Field(ge=1, le=192)] = 8
    """Processors of one instance at most."""
    disk_gb: Annotated[int, Field(ge=30, le=16_384)] = 30


class EcsConfig(Model):
    """The cluster, used when rooms.ecs is on."""

    insights: Literal["enabled", "enhanced"] = "enabled"
    """Container Insights; enhanced adds metrics of every task and container."""
    shell: bool = False
    """ECS Exec: a shell in a running container, encrypted and logged. Never in production."""
    log_router: Annotated[str, Field(pattern=IMAGE)] | None = None
    """Image of Fluent Bit that FireLens starts beside every container, for example
    mirror/aws-for-fluent-bit:3.0.0; absent: containers write to CloudWatch Logs themselves."""
    instances: InstancesConfig | None = None
    """Absent: Fargate only."""
