"""The tiers of the VPC: their subnets, routes and network ACLs, wired from the configuration."""

from aws_cdk import Fn
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from infra.config import EnvironmentConfig, Nat
from infra.config.services import extra_ports
from infra.network.acl_rules import acl_rules
from infra.network.flows import SERVICE, Tier, flows
from infra.network.subnet_tier import SubnetTier


class Tiers(Construct):
    """Public, application, data and, when its room is on, HPC."""

    def __init__(
        self, scope: Construct, id: str, *, config: EnvironmentConfig, vpc: ec2.CfnVPC
    ) -> None:
        super().__init__(scope, id)
        network = config.network
        networks = {
            Tier.PUBLIC: network.public_cidrs,
            Tier.APPLICATION: network.application_cidrs,
            Tier.DATA: network.data_cidrs,
            **({Tier.HPC: network.hpc_cidrs} if config.rooms.hpc else {}),
        }
        wanted = flows(
            nat=network.nat is not Nat.NONE,
            hpc=config.rooms.hpc,
            airflow=config.rooms.mlops and config.mlops.airflow.enabled,
            plain_edge=config.rooms.edge and config.edge.domain is None,
            service_ports=extra_ports(config.services, standard=SERVICE.first),
            kubernetes=config.rooms.eks,
        )
        tiers = {
            tier: SubnetTier(
                self,
                tier.capitalize(),
                tier=tier,
                vpc_id=vpc.ref,
                networks=cidrs,
                zones=zones_of(config),
                routes_per_zone=tier in (Tier.APPLICATION, Tier.HPC),
                rules=acl_rules(tier, wanted, vpc=network.vpc_cidr, networks=networks),
            )
            for tier, cidrs in networks.items()
        }
        self.public = tiers[Tier.PUBLIC]
        self.application = tiers[Tier.APPLICATION]
        self.data = tiers[Tier.DATA]
        self.hpc = tiers.get(Tier.HPC)

    @property
    def egress(self) -> tuple[SubnetTier, ...]:
        """The private tiers that NAT gateways serve."""
        return (self.application, *((self.hpc,) if self.hpc else ()))


def zones_of(config: EnvironmentConfig) -> tuple[str, ...]:
    """Return the configured zones, or the first two that the account sees when it deploys."""
    zones = Fn.get_azs()
    return config.network.zones or (Fn.select(0, zones), Fn.select(1, zones))
