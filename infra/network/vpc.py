"""The VPC itself and the form in which other rooms take it."""

from aws_cdk import Tags
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from compliance.waivers import waive
from infra.config import EnvironmentConfig
from infra.network import waivers
from infra.network.subnet_tier import SubnetTier
from infra.network.tiers import Tiers


def new_vpc(scope: Construct, id: str, *, config: EnvironmentConfig) -> ec2.CfnVPC:
    """Make the VPC. Private names of interface endpoints need both DNS settings."""
    vpc = ec2.CfnVPC(
        scope,
        id,
        cidr_block=str(config.network.vpc_cidr),
        enable_dns_support=True,
        enable_dns_hostnames=True,
    )
    Tags.of(vpc).add("Name", f"{config.tags.project}-{config.name}")
    waive(vpc, *waivers.default_group(config))
    return vpc


def vpc_reference(scope: Construct, id: str, *, vpc: ec2.CfnVPC, tiers: Tiers) -> ec2.IVpc:
    """Return the VPC as constructs take it: application subnets private, data subnets isolated."""

    def subnets(tier: SubnetTier) -> list[str]:
        return [subnet.ref for subnet in tier.subnets]

    def tables(tier: SubnetTier) -> list[str]:
        return [tier.table_of(index).ref for index in range(len(tier.subnets))]

    return ec2.Vpc.from_vpc_attributes(
        scope,
        id,
        vpc_id=vpc.ref,
        vpc_cidr_block=vpc.cidr_block,
        availability_zones=list(tiers.public.zones),
        public_subnet_ids=subnets(tiers.public),
        public_subnet_route_table_ids=tables(tiers.public),
        private_subnet_ids=subnets(tiers.application),
        private_subnet_route_table_ids=tables(tiers.application),
        isolated_subnet_ids=subnets(tiers.data),
        isolated_subnet_route_table_ids=tables(tiers.data),
    )
