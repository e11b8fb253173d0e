"""The `[hpc.batch]` table: containers that AWS Batch runs, beside Slurm."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from infra.config.base import Model
from infra.config.hpc_fields import InstanceType, Name

Image = Annotated[str, Field(pattern=r"^(:[a-zA-Z0-9._-]{1,128}|@sha256:[0-9a-f]{64})$")]


class ComputeKind(StrEnum):
    """Where containers run."""

    FARGATE = "fargate"
    FARGATE_SPOT = "fargate_spot"
    ON_DEMAND = "on_demand"
    SPOT = "spot"

    @property
    def serverless(self) -> bool:
        """Whether there are no instances of ours."""
        return self in (ComputeKind.FARGATE, ComputeKind.FARGATE_SPOT)


class ComputeEnvironment(Model):
    """Capacity that queues draw on. It costs nothing while no job runs."""

    name: Name
    kind: ComputeKind
    instance_types: tuple[InstanceType, ...] = ()
    """For on_demand and spot; Fargate has none."""
    max_vcpus: Annotated[int, Field(ge=1, le=100_000)]
    """As many run at once at most."""
    root_gib: Annotated[int, Field(ge=30, le=16_384)] = 60
    """The disk of an instance."""


class Share(Model):
    """Part of a queue: while others wait, it gets capacity by its weight."""

    name: Annotated[str, Field(pattern=r"^[a-zA-Z0-9]{1,255}$")]
    """Letters and digits; jobs are submitted with it (--share-identifier)."""
    weight: Annotated[float, Field(ge=0.0001, le=999.9999)] = 1
    """Smaller is more important, as in AWS Batch: 0.5 gets twice as much as 1."""


class BatchQueue(Model):
    """A job queue with fair share."""

    name: Name
    environments: Annotated[tuple[Name, ...], Field(min_length=1, max_length=3)]
    """Names of compute environments, tried in this order."""
    priority: Annotated[int, Field(ge=0, le=1000)] = 10
    """Larger comes first where queues share an environment."""
    shares: Annotated[tuple[Share, ...], Field(min_length=1, max_length=500)] = (
        Share(name="default"),
    )
    half_life_hours: Annotated[int, Field(ge=1, le=168)] = 24
    """How long what a share has used counts against it."""
    stuck_hours: Annotated[int, Field(ge=1, le=24)] = 12
    """A job at the head of the queue that can never start is cancelled after this."""


class BatchJob(Model):
    """A job definition: what people submit, as one job or as an array."""

    name: Name
    queue: Name
    image: Image
    """:tag or @sha256:digest in the room's own repository."""
    command: tuple[str, ...] = ()
    """Absent: the image's own. An array job reads AWS_BATCH_JOB_ARRAY_INDEX."""
    vcpus: Annotated[float, Field(ge=0.25, le=192)] = 1
    memory_mib: Annotated[int, Field(ge=512, le=2_000_000)] = 2048
    gpus: Annotated[int, Field(ge=0, le=16)] = 0
    reads: tuple[Annotated[str, Field(pattern=r"^[a-zA-Z0-9=._/-]+$")], ...] = ()
    """Prefixes of the important bucket."""
    writes: tuple[Annotated[str, Field(pattern=r"^[a-zA-Z0-9=._/-]+$")], ...] = ()
    """Prefixes of the important bucket."""
    attempts: Annotated[int, Field(ge=1, le=10)] = 3
    """A job whose instance was taken away is tried again; one that failed by itself is not."""
    max_hours: Annotated[int, Field(ge=1, le=336)] = 24
    schedule: Annotated[str, Field(pattern=r"^(cron|rate)\(.+\)$")] | None = None
    """When it is submitted by itself, in UTC, for example cron(0 17 * * ? *); absent: never."""
    array_size: Annotated[int, Field(ge=2, le=10_000)] | None = None
    """As an array of so many when it is scheduled; absent: one job."""


class Batch(Model):
    """AWS Batch; absent: none."""

    environments: Annotated[tuple[ComputeEnvironment, ...], Field(min_length=1, max_length=20)]
    queues: Annotated[tuple[BatchQueue, ...], Field(min_length=1, max_length=20)]
    jobs: Annotated[tuple[BatchJob, ...], Field(max_length=50)] = ()
