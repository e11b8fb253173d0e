"""The `[hpc]` table of an environment file: what clusters there are, in the user's words.

Checks that concern more than one key are in `hpc_checks.py` and, as far as they need facts about
instance types or AWS's validators, under `hpc/validation/`.
"""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from infra.config.base import Model
from infra.config.hpc_batch import Batch
from infra.config.hpc_fields import InstanceType, Mount, Name, RdsArn, SecretArn
from infra.config.hpc_storage import Storage
from infra.config.hpc_transfer import Transfer

PARALLELCLUSTER_VERSION = "3.16.1"


class Engine(StrEnum):
    """What runs Slurm: ParallelCluster on a head node of ours, or the managed AWS PCS."""

    PARALLELCLUSTER = "parallelcluster"
    PCS = "pcs"


class Capacity(StrEnum):
    """How a queue's nodes are bought."""

    ON_DEMAND = "on_demand"
    SPOT = "spot"
    CAPACITY_BLOCK = "capacity_block"
    RESERVATION = "reservation"


def _scheduler(value: Any) -> Any:
    if value != "slurm":
        raise ValueError(
            "slurm is allowed; ParallelCluster 3 has no SGE, Torque or PBS, and containers without "
            "a scheduler of their own belong to AWS Batch"
        )
    return value


Scheduler = Annotated[Literal["slurm"], BeforeValidator(_scheduler)]


class CustomAction(Model):
    """A script that nodes run, from the cluster's artefact bucket."""

    script: Annotated[str, Field(pattern=r"^[A-Za-z0-9_./-]+$")]
    """Key in the artefact bucket."""
    arguments: tuple[str, ...] = ()


class Actions(Model):
    """When nodes run scripts of ours."""

    on_start: tuple[CustomAction, ...] = ()
    on_configured: tuple[CustomAction, ...] = ()


class HeadNode(Model):
    """The node that runs slurmctld. On demand always: Spot is refused."""

    instance_type: InstanceType = "m6i.xlarge"
    capacity: Capacity = Capacity.ON_DEMAND
    root_gib: Annotated[int, Field(ge=45, le=16384)] = 100
    root_kind: Literal["gp3", "io2"] = "gp3"
    root_iops: Annotated[int, Field(ge=3000, le=256000)] = 3000
    actions: Actions = Actions()


class LoginNodes(Model):
    """Nodes where users work, behind a load balancer inside the VPC."""

    name: Name = "login"
    instance_type: InstanceType = "m6i.large"
    count: Annotated[int, Field(ge=0, le=10)] = 1
    grace_minutes: Annotated[int, Field(ge=3, le=120)] = 10
    """How long users keep their session when a node goes."""
    actions: Actions = Actions()


class Queue(Model):
    """A Slurm partition. It costs nothing while `min_nodes` is 0 and nobody uses it."""

    name: Name
    instance_types: Annotated[tuple[InstanceType, ...], Field(min_length=1, max_length=10)]
    """One type, or several with the same number of vCPUs and the same accelerators."""
    capacity: Capacity = Capacity.ON_DEMAND
    reservation: Annotated[str, Field(pattern=r"^cr-[0-9a-f]{8,17}$")] | None = None
    """Capacity reservation or capacity block."""
    max_nodes: Annotated[int, Field(ge=1, le=1000)]
    min_nodes: Annotated[int, Field(ge=0, le=1000)] = 0
    """Nodes that always run."""
    efa: bool = False
    """Elastic Fabric Adapter, for MPI and NCCL."""
    placement_group: bool | None = None
    """Nodes close together; absent: with EFA only, unless a reservation has its own placement."""
    uninterruptible: bool = False
    """Jobs of this queue cannot be stopped and repeated; Spot is refused."""
    hyperthreading: bool = False
    subnet: Literal["first", "second", "both"] = "first"
    """Which HPC subnet, so which zone. The head node and the files are in the first."""
    local_mount: Mount = "/scratch"
    """Where a node's own disks are, if its type has any."""
    root_gib: Annotated[int, Field(ge=45, le=16384)] = 60
    max_hours: Annotated[int, Field(ge=1, le=720)] = 24
    """The longest a job may run."""
    actions: Actions = Actions()

    @property
    def close_together(self) -> bool:
        """Whether the nodes go into a placement group."""
        if self.placement_group is not None:
            return self.placement_group
        return self.efa and self.capacity in (Capacity.ON_DEMAND, Capacity.SPOT)


class Accounting(Model):
    """Slurm's accounting: who used what."""

    database: Literal["own", "existing"] = "own"
    """own: a small encrypted RDS for MySQL in this room; existing: the one of `arn`."""
    arn: RdsArn | None = None
    uri: Annotated[str, Field(pattern=r"^[a-z0-9.-]+:\d{2,5}$")] | None = None
    """Host and port of an existing database, for example db.internal:3306."""
    user: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")] = "slurm"
    secret_arn: SecretArn | None = None
    """Secrets Manager secret with the password, for an existing database."""
    instance_class: Annotated[str, Field(pattern=r"^db\.[a-z0-9]+\.[a-z0-9]+$")] = "db.t4g.small"
    size_gib: Annotated[int, Field(ge=20, le=1000)] = 20


class Directory(Model):
    """Users and groups over LDAPS; absent: the default user of the operating system only."""

    domain: Annotated[str, Field(pattern=r"^[A-Za-z0-9._=,-]+$")]
    address: str
    """ldaps://host, comma separated if several."""
    reader: str
    """Distinguished name of the account that reads the directory."""
    secret_arn: SecretArn
    ca_certificate: Annotated[str, Field(pattern=r"^/.+$")]
    """Path on the nodes of the authority that signed the directory's certificate."""
    access_filter: str | None = None


class Budget(Model):
    """What a month may cost and how much may run at once."""

    monthly_usd: Annotated[int, Field(ge=1, le=10_000_000)]
    warn_percent: Annotated[int, Field(ge=1, le=100)] = 80
    stop_percent: Annotated[int, Field(ge=1, le=200)] = 100
    """From here on no new Spot or GPU capacity starts."""
    max_vcpus: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """All queues at their maximum may not exceed this."""
    max_gpus: Annotated[int, Field(ge=0, le=100_000)] | None = None


class Cluster(Model):
    """One cluster."""

    name: str
    """A letter, then letters, digits and hyphens: 60 characters, 40 with accounting."""
    engine: Engine = Engine.PARALLELCLUSTER
    scheduler: Scheduler = "slurm"
    os: Literal["alinux2023", "ubuntu2204", "ubuntu2404", "rhel8", "rhel9", "rocky8", "rocky9"] = (
        "alinux2023"
    )
    idle_minutes: Annotated[int, Field(ge=1, le=1440)] = 10
    """A node without a job is ended after this."""
    head_node: HeadNode = HeadNode()
    login_nodes: tuple[LoginNodes, ...] = ()
    queues: Annotated[tuple[Queue, ...], Field(min_length=1, max_length=50)]
    storage: Storage = Storage()
    accounting: Accounting | None = None
    directory: Directory | None = None
    slurm_version: Annotated[str, Field(pattern=r"^\d{2}\.\d{2}$")] = "25.05"
    """AWS PCS only; ParallelCluster brings its own."""
    image: Annotated[str, Field(pattern=r"^ami-[0-9a-f]{8,17}$")] | None = None
    """AWS PCS only: an image with its agent and Slurm of slurm_version."""


class HpcConfig(Model):
    """The `[hpc]` table; rooms.hpc makes what it describes."""

    clusters: Annotated[tuple[Cluster, ...], Field(max_length=10)] = ()
    batch: Batch | None = None
    budget: Budget | None = None
    """Required in production."""
    transfers: Annotated[tuple[Transfer, ...], Field(max_length=20)] = ()
    transfer_acceleration: bool = False
    """S3 Transfer Acceleration of the important bucket, for senders far away. Paid by the GB."""
    drain_minutes: Annotated[int, Field(ge=1, le=45)] = 30
    """How long an update waits for running jobs. CloudFormation itself waits for an hour."""
    ebs_encryption: Literal["manage", "require"] = "manage"
    """Root volumes take the account's default key. manage: this environment sets it; require:
    another has, and a deployment is refused when it is not the important class's key of here."""

    @property
    def wanted(self) -> bool:
        """Whether there is anything to make."""
        return bool(self.clusters or self.batch or self.transfers)
