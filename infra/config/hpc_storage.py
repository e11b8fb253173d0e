"""The `storage` table of a cluster: parallel files, home directories, block volumes."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from infra.config.base import Model
from infra.config.hpc_fields import Mount, Name


class LustreKind(StrEnum):
    """FSx for Lustre: persistent keeps two copies and takes a key of ours, scratch does neither."""

    PERSISTENT_2 = "persistent_2"
    SCRATCH_2 = "scratch_2"


class DataRepository(Model):
    """A folder of the lake's important class (de-identified records), seen as files."""

    prefix: Annotated[str, Field(pattern=r"^[A-Za-z0-9_=./-]*$")] = ""
    """Key prefix in the important bucket, without a slash at its start; empty: the whole bucket."""
    path: Annotated[str, Field(pattern=r"^/[A-Za-z0-9_./-]+$")]
    """Where it appears inside the file system."""
    import_changes: bool = True
    """New, changed and deleted objects appear by themselves."""
    export_changes: bool = False
    """Files written here go to the bucket by themselves."""


class Lustre(Model):
    """An FSx for Lustre file system, shared by all nodes."""

    name: Name = "lustre"
    mount: Mount = "/fsx"
    kind: LustreKind = LustreKind.PERSISTENT_2
    size_gib: int
    """1200, 2400 or a multiple of 2400."""
    throughput: Literal[125, 250, 500, 1000] | None = 125
    """MB/s for each TiB; persistent_2 only."""
    compression: bool = True
    """LZ4; less is stored and moved."""
    backup_days: Annotated[int, Field(ge=0, le=90)] = 0
    """Daily backups are kept so long; 0: none. AWS makes none of a linked file system."""
    repositories: Annotated[tuple[DataRepository, ...], Field(max_length=8)] = ()
    keep: bool | None = None
    """Keep the file system when the cluster is deleted; absent: kept in production only."""


class Block(Model):
    """An EBS volume on the head node, shared over NFS."""

    name: Name
    mount: Mount
    size_gib: Annotated[int, Field(ge=4, le=65536)] = 100
    kind: Literal["io2", "gp3"] = "io2"
    """io2 is Block Express on Nitro instances."""
    iops: Annotated[int, Field(ge=100, le=256000)] = 3000
    keep: bool | None = None
    """Keep the volume when the cluster is deleted; absent: kept in production only."""


class Home(Model):
    """EFS for the users' home directories; needs no server of ours."""

    name: Name = "home"
    mount: Mount = "/home/shared"
    keep: bool | None = None
    """Keep the file system when the cluster is deleted; absent: kept in production only."""


class Storage(Model):
    """Everything is encrypted with the important class's key and mounted with encryption."""

    lustre: tuple[Lustre, ...] = ()
    block: Annotated[tuple[Block, ...], Field(max_length=5)] = ()
    home: Home | None = None
