"""Who may talk to whom, between the tiers of the VPC and with the outside.

Plain data, without CDK. `acl_rules.py` turns it into the stateless rules of network ACLs; traffic
inside one subnet never meets an ACL. What a security group allows is narrower still.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Tier(StrEnum):
    """Where a packet comes from or goes to; OUTSIDE is every address that is not in the VPC."""

    PUBLIC = "public"
    APPLICATION = "application"
    DATA = "data"
    HPC = "hpc"
    OUTSIDE = "outside"


class Protocol(IntEnum):
    """IANA protocol numbers; ALL is what EC2 calls all of them."""

    ALL = -1
    ICMP = 1
    TCP = 6
    UDP = 17


@dataclass(frozen=True, order=True)
class Ports:
    """An inclusive range of TCP ports; for ICMP the type and the code."""

    first: int
    last: int


def port(number: int) -> Ports:
    """Return the range that holds one port."""
    return Ports(number, number)


DNS = port(53)
HTTP = port(80)
HTTPS = port(443)
SERVICE = port(8443)
"""Containers and inference servers speak TLS here: they need no privilege for a high port."""
POSTGRESQL = port(5432)
MYSQL = port(3306)
NFS = port(2049)
SSH = port(22)
LDAPS = port(636)
# https://docs.aws.amazon.com/fsx/latest/LustreGuide/limit-access-security-groups.html
LUSTRE = (port(988), Ports(1018, 1023))
# torchrun's meeting point (mlops/steps/launch.py), and Linux's own range for the connections that
# Gloo and NCCL open: net.ipv4.ip_local_port_range.
TRAINING = (port(29500), Ports(32768, 60999))
FRAGMENTATION_NEEDED = Ports(3, 4)
"""ICMP type 3, code 4: without it, path MTU discovery breaks."""

# NAT gateways, load balancers and Lambda take their client ports from this whole range:
# https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports
ANSWERS = (Ports(1024, 65535),)
# Remote desktop's port is cut out where the other side is the Internet: a rule that admits it
# fails Security Hub EC2.21. One connection in 64,512 picks it, times out and is tried again.
ANSWERS_FROM_OUTSIDE = (Ports(1024, 3388), Ports(3390, 65535))
# The kernel's NFS client binds a reserved port unless it is mounted with noresvport.
NFS_CLIENT = Ports(665, 1023)


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A conversation that `source` opens to `ports` of `target`, answered to `answers`.

    `only_at`: the one tier whose ACL sees both ends. What passes a NAT gateway is to or from the
    Internet where it began, and to or from a private tier where it is translated.
    """

    source: Tier
    target: Tier
    ports: tuple[Ports, ...]
    answers: tuple[Ports, ...] = ANSWERS
    protocol: Protocol = Protocol.TCP
    only_at: Tier | None = None
    why: str


def flows(
    *,
    nat: bool,
    hpc: bool,
    airflow: bool = False,
    plain_edge: bool = False,
    service_ports: tuple[int, ...] = (),
    kubernetes: bool = False,
) -> tuple[Flow, ...]:
    """Return every flow that a network ACL must let through.

    `nat`: private tiers reach the Internet through NAT gateways in the public tier.
    `hpc`: the HPC tier exists. `airflow`: MWAA's database is reached through the application tier.
    `plain_edge`: there is no domain, so CloudFront reaches the load balancer without TLS.
    `service_ports`: where services listen that do not keep to SERVICE. `kubernetes`: pods ask a
    DNS of their own, which may be in the other zone.
    """
    private = (Tier.APPLICATION, *((Tier.HPC,) if hpc else ()))
    return (
        *_application(airflow=airflow, plain_edge=plain_edge, service_ports=service_ports),
        *(flow for tier in private for flow in _private(tier)),
        *(_nat(private) if nat else ()),
        *(_hpc() if hpc else ()),
        *(_kubernetes() if kubernetes else ()),
    )


def _kubernetes() -> tuple[Flow, ...]:
    """Return the cluster's DNS; its other ports are above 1024, like answers, which pass."""
    return tuple(
        Flow(
            source=Tier.APPLICATION,
            target=Tier.APPLICATION,
            ports=(DNS,),
            protocol=protocol,
            why="the DNS of Kubernetes in the other zone",
        )
        for protocol in (Protocol.TCP, Protocol.UDP)
    )


def _application(
    *, airflow: bool, plain_edge: bool, service_ports: tuple[int, ...]
) -> tuple[Flow, ...]:
    return (
        Flow(
            source=Tier.APPLICATION,
            target=Tier.APPLICATION,
            ports=(
                *((HTTP,) if plain_edge else ()),
                *(HTTPS, SERVICE),
                *((POSTGRESQL,) if airflow else ()),
                *map(port, service_ports),
            ),
            why="interface endpoints and services in the other zone",
        ),
        Flow(
            source=Tier.APPLICATION,
            target=Tier.DATA,
            ports=(POSTGRESQL, MYSQL),
            why="services and models to databases",
        ),
        Flow(
            source=Tier.DATA,
            target=Tier.OUTSIDE,
            ports=(HTTPS,),
            answers=ANSWERS_FROM_OUTSIDE,
            why="S3 and DynamoDB through their gateway endpoints; there is no other route",
        ),
    )


def _private(tier: Tier) -> tuple[Flow, ...]:
    """Return what the application and the HPC tier have in common."""
    return (
        Flow(
            source=tier,
            target=Tier.DATA,
            ports=(NFS,),
            why="shared files (EFS)",
        ),
        Flow(
            source=tier,
            target=Tier.DATA,
            ports=LUSTRE,
            answers=LUSTRE,
            why="parallel files (FSx for Lustre); both ends use the same ports",
        ),
        Flow(
            source=Tier.DATA,
            target=tier,
            ports=LUSTRE,
            answers=LUSTRE,
            why="Lustre servers call their clients back",
        ),
        Flow(
            source=tier,
            target=Tier.OUTSIDE,
            ports=(HTTPS,),
            answers=ANSWERS_FROM_OUTSIDE,
            why="S3 and DynamoDB through their gateway endpoints; the Internet through NAT",
        ),
    )


def _nat(private: tuple[Tier, ...]) -> tuple[Flow, ...]:
    return (
        *(
            Flow(
                source=tier,
                target=Tier.PUBLIC,
                ports=(HTTPS,),
                only_at=Tier.PUBLIC,
                why="to the Internet, on the way to NAT",
            )
            for tier in private
        ),
        Flow(
            source=Tier.PUBLIC,
            target=Tier.OUTSIDE,
            ports=(HTTPS,),
            answers=ANSWERS_FROM_OUTSIDE,
            why="NAT gateway to the Internet",
        ),
        Flow(
            source=Tier.OUTSIDE,
            target=Tier.PUBLIC,
            ports=(FRAGMENTATION_NEEDED,),
            answers=(),
            protocol=Protocol.ICMP,
            why="path MTU discovery of the NAT gateway",
        ),
    )


def _hpc() -> tuple[Flow, ...]:
    return (
        Flow(
            source=Tier.HPC,
            target=Tier.APPLICATION,
            ports=(HTTPS,),
            why="interface endpoints",
        ),
        Flow(
            source=Tier.HPC,
            target=Tier.DATA,
            ports=(MYSQL, LDAPS),
            why="Slurm's accounting database and the directory",
        ),
        Flow(
            source=Tier.HPC,
            target=Tier.HPC,
            ports=(SSH, NFS, Ports(1024, 65535)),
            answers=(NFS_CLIENT, *ANSWERS),
            why="Slurm (6817-6829 and srun's own), NFS and SSH between nodes of both zones; EFA "
            "stays inside a subnet, where no ACL applies",
        ),
    )
