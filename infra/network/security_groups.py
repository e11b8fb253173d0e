"""The security groups of requirements 2.2.2 and one for interface endpoints."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from aws_cdk import Stack, Tags
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from compliance.waivers import waive
from infra.config import EnvironmentConfig, Nat
from infra.config.services import extra_ports
from infra.network import waivers
from infra.network.flows import (
    HTTPS,
    LDAPS,
    LUSTRE,
    MYSQL,
    NFS,
    POSTGRESQL,
    SERVICE,
    SSH,
    TRAINING,
    Ports,
    port,
)


class Group(StrEnum):
    """Who wears it. The value is the construct's id."""

    APPLICATION = "Application"
    ML = "Ml"
    HPC = "Hpc"
    DATABASE = "Database"
    DATA_STORAGE = "DataStorage"
    ENDPOINTS = "Endpoints"


DESCRIPTIONS = {
    Group.APPLICATION: "Services and functions of the application tier",
    Group.ML: "Training, inference and pipeline steps",
    Group.HPC: "Cluster head, login and compute nodes",
    Group.DATABASE: "Databases, reached from services and models only",
    Group.DATA_STORAGE: "File systems and data movers",
    Group.ENDPOINTS: "Interface endpoints of AWS services",
}


class Permission(NamedTuple):
    """TCP from one group to ports of another; security groups answer by themselves."""

    source: Group
    target: Group
    ports: tuple[Ports, ...]


DATABASES = (POSTGRESQL, MYSQL)
FILES = (NFS, *LUSTRE)
PERMISSIONS = (
    Permission(Group.APPLICATION, Group.ENDPOINTS, (HTTPS,)),
    Permission(Group.ML, Group.ENDPOINTS, (HTTPS,)),
    Permission(Group.HPC, Group.ENDPOINTS, (HTTPS,)),
    Permission(Group.DATA_STORAGE, Group.ENDPOINTS, (HTTPS,)),
    Permission(Group.APPLICATION, Group.APPLICATION, (SERVICE,)),
    Permission(Group.APPLICATION, Group.ML, (SERVICE,)),
    Permission(Group.APPLICATION, Group.DATABASE, DATABASES),
    Permission(Group.ML, Group.DATABASE, DATABASES),
    # Slurm's accounting, and a directory that wears the group.
    Permission(Group.HPC, Group.DATABASE, (MYSQL, LDAPS)),
    Permission(Group.APPLICATION, Group.DATA_STORAGE, (NFS,)),
    Permission(Group.ML, Group.DATA_STORAGE, FILES),
    Permission(Group.HPC, Group.DATA_STORAGE, FILES),
    # Lustre servers talk among themselves and call their clients back.
    Permission(Group.DATA_STORAGE, Group.DATA_STORAGE, LUSTRE),
    Permission(Group.DATA_STORAGE, Group.ML, LUSTRE),
    Permission(Group.DATA_STORAGE, Group.HPC, LUSTRE),
)
Egress = ec2.CfnSecurityGroup.EgressProperty
# An address that no packet has: EC2 takes an empty list for no list, and lets everything out.
NOTHING = Egress(
    ip_protocol="icmp",
    from_port=252,
    to_port=86,
    cidr_ip="255.255.255.255/32",
    description="Nothing may leave",
)


def _training(config: EnvironmentConfig) -> tuple[Permission, ...]:
    """Return what the instances of one training job say to each other; MPI starts over SSH.

    A job's instances share a subnet, so no network ACL stands between them.
    """
    if not config.rooms.mlops or config.mlops.training.instances == 1:
        return ()
    mpi = (SSH,) if config.mlops.training.distribution == "horovod" else ()
    return (Permission(Group.ML, Group.ML, (*TRAINING, *mpi)),)


def _services(config: EnvironmentConfig) -> tuple[Permission, ...]:
    """Return how services reach each other where they do not keep to the usual port."""
    ports = tuple(map(port, extra_ports(config.services, standard=SERVICE.first)))
    return (Permission(Group.APPLICATION, Group.APPLICATION, ports),) if ports else ()


GATEWAY_USERS = (Group.APPLICATION, Group.ML, Group.HPC, Group.DATA_STORAGE)
"""They reach S3 and DynamoDB through gateway endpoints."""


class SecurityGroups(Construct):
    """Groups that let nothing in from a CIDR and nothing out but what is named.

    `prefix_lists`: ids of the lists of S3 and DynamoDB. Where there is NAT, the application group
    may open HTTPS to anywhere; models and cluster nodes never may.

    The groups are made without CDK's SecurityGroup, which leaves out the egress property when it
    writes rules as resources of their own: EC2 then adds a rule that lets everything out.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: EnvironmentConfig,
        vpc_id: str,
        prefix_lists: Sequence[str],
    ) -> None:
        super().__init__(scope, id)
        self._groups = {
            group: self._group(group, vpc_id, self._outside(group, config, prefix_lists))
            for group in Group
            if config.rooms.hpc or group is not Group.HPC
        }
        for permission in (*PERMISSIONS, *_training(config), *_services(config)):
            if permission.source in self._groups and permission.target in self._groups:
                for ports in permission.ports:
                    self._permit(permission.source, permission.target, ports)
        if config.rooms.hpc:
            self._between_nodes(config)

    def id_of(self, group: Group) -> str:
        """Return the id of a group, for resources of this room."""
        return self._groups[group].attr_group_id

    def reference(self, group: Group) -> ec2.ISecurityGroup:
        """Return a group in the form that constructs of other rooms take. Call it once a group."""
        return ec2.SecurityGroup.from_security_group_id(
            self, f"{group}Reference", self.id_of(group), allow_all_outbound=False
        )

    def _outside(
        self, group: Group, config: EnvironmentConfig, prefix_lists: Sequence[str]
    ) -> list[Egress]:
        """Return what a group may open outside the VPC, at least the rule that stands for none."""
        if group not in GATEWAY_USERS:
            return [NOTHING]
        outside = [
            Egress(
                ip_protocol="tcp",
                from_port=HTTPS.first,
                to_port=HTTPS.last,
                destination_prefix_list_id=prefix_list,
                description="Gateway endpoint",
            )
            for prefix_list in prefix_lists
        ]
        if group is Group.APPLICATION and config.network.nat is not Nat.NONE:
            outside.append(
                Egress(
                    ip_protocol="tcp",
                    from_port=HTTPS.first,
                    to_port=HTTPS.last,
                    cidr_ip="0.0.0.0/0",
                    description="Other systems, through NAT",
                )
            )
        return outside

    def _group(self, group: Group, vpc_id: str, egress: list[Egress]) -> ec2.CfnSecurityGroup:
        made = ec2.CfnSecurityGroup(
            self,
            group,
            vpc_id=vpc_id,
            group_description=DESCRIPTIONS[group],
            security_group_egress=egress,
        )
        Tags.of(made).add("Name", group)
        return made

    def _permit(
        self, source: Group, target: Group, ports: Ports | None
    ) -> tuple[ec2.CfnSecurityGroupEgress, ec2.CfnSecurityGroupIngress]:
        """Let TCP to the ports out of a group and into another; every protocol without ports."""
        span = (
            "-".join(str(number) for number in sorted({ports.first, ports.last})) if ports else ""
        )
        name = f"{source}To{target}{span}"
        protocol = "tcp" if ports else "-1"
        first, last = (ports.first, ports.last) if ports else (None, None)
        out = ec2.CfnSecurityGroupEgress(
            self,
            f"{name}Out",
            group_id=self.id_of(source),
            destination_security_group_id=self.id_of(target),
            ip_protocol=protocol,
            from_port=first,
            to_port=last,
        )
        into = ec2.CfnSecurityGroupIngress(
            self,
            f"{name}In",
            group_id=self.id_of(target),
            source_security_group_id=self.id_of(source),
            ip_protocol=protocol,
            from_port=first,
            to_port=last,
        )
        return out, into

    def _between_nodes(self, config: EnvironmentConfig) -> None:
        # EFA bypasses TCP and needs every protocol within its own group, both ways:
        # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-start.html
        out, into = self._permit(Group.HPC, Group.HPC, None)
        own = f"${{{Stack.of(self).get_logical_id(self._groups[Group.HPC])}.GroupId}}"
        waive(out, *waivers.nodes_out(config, group=own))
        waive(into, *waivers.nodes_in(config))
