"""What the room's constructs have in common."""

from dataclasses import dataclass

from aws_cdk import aws_s3 as s3

from hpc.tags import room_name
from infra.config import EnvironmentConfig
from infra.config.hpc import HpcConfig
from infra.data.stack import DataOutputs
from infra.network.stack import NetworkOutputs
from infra.security.stack import SecurityOutputs


@dataclass(frozen=True, kw_only=True)
class Room:
    """The rooms before this one, and what they made for it."""

    config: EnvironmentConfig
    security: SecurityOutputs
    network: NetworkOutputs
    data: DataOutputs
    artefacts: s3.IBucket
    group: str
    """The HPC security group."""

    @property
    def hpc(self) -> HpcConfig:
        """The `[hpc]` table."""
        return self.config.hpc

    @property
    def prefix(self) -> str:
        """What names in the account begin with."""
        return room_name(self.config)

    @property
    def key(self) -> str:
        """ARN of the important class's key."""
        return self.security.important_key.key_arn

    @property
    def subnets(self) -> tuple[str, ...]:
        """Where nodes and jobs are, one a zone."""
        return tuple(subnet.subnet_id for subnet in self.network.hpc_subnets)

    @property
    def storage_subnets(self) -> tuple[str, ...]:
        """Where file systems and databases are, one a zone, in the same zones."""
        return tuple(subnet.subnet_id for subnet in self.network.data_subnets)
