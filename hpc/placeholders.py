"""Stand-ins for what a deployment will bring, so that a cluster can be judged before it exists."""

from hpc import instances
from hpc.surroundings import Subnet, Surroundings
from hpc.tags import room_tags
from infra.config import EnvironmentConfig, Stage
from infra.config.hpc import Cluster

ASSUMED_REGION = "ap-northeast-1"
"""Judged against Tokyo when the environment file names no Region."""
ACCOUNT = "123456789012"
COMMON_TYPE = "m6i.large"
"""A type that every zone offers: its zones are the Region's."""


def surroundings(config: EnvironmentConfig, cluster: Cluster) -> Surroundings:
    """Return surroundings as the rooms of an environment would hand them over."""
    region = config.account.region or ASSUMED_REGION
    account = config.account.id or ACCOUNT
    partition = "aws-cn" if region.startswith("cn-") else "aws"
    arn = f"arn:{partition}"
    zones = config.network.zones or instances.offers(region).get(COMMON_TYPE, ("", ""))[:2]
    subnets = tuple(
        Subnet(id=f"subnet-{index:017x}", zone=zone, cidr=str(cidr))
        for index, (zone, cidr) in enumerate(zip(zones, config.network.hpc_cidrs, strict=False))
    )
    mounted = [lustre.name for lustre in cluster.storage.lustre]
    mounted += [cluster.storage.home.name] if cluster.storage.home else []
    return Surroundings(
        region=region,
        subnets=subnets or (Subnet(id=f"subnet-{0:017x}", cidr=str(config.network.hpc_cidrs[0])),),
        security_group=f"sg-{1:017x}",
        vpc_cidr=str(config.network.vpc_cidr),
        storage_key=f"{arn}:kms:{region}:{account}:key/00000000-0000-4000-8000-000000000000",
        artefact_bucket=f"iryo-{config.name}-hpc-artefacts",
        permissions_boundary=f"{arn}:iam::{account}:policy/iryo-{config.name}-hpc-boundary",
        important_bucket=f"iryo-{config.name}-important",
        data_storage_group=f"sg-{2:017x}",
        storage_subnet=f"subnet-{16:017x}",
        node_policy=f"{arn}:iam::{account}:policy/iryo-{config.name}-hpc-nodes",
        head_policy=f"{arn}:iam::{account}:policy/iryo-{config.name}-hpc-head",
        file_systems={name: f"fs-{index:017x}" for index, name in enumerate(mounted)},
        database_uri=f"accounting.{region}.rds.example:3306",
        database_secret=f"{arn}:secretsmanager:{region}:{account}:secret:accounting-AbCdEf",
        tags=room_tags(config),
        partition=partition,
        retain=config.stage is Stage.PRODUCTION,
    )
