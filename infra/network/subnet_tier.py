"""The subnets of a tier, one a zone, with their route tables and network ACL."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network

from aws_cdk import Tags
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from infra.network.acl_rules import AclRule
from infra.network.flows import Tier
from infra.network.network_acl import NetworkAcl


class SubnetTier(Construct):
    """Two subnets that share a purpose. Nothing in them is given a public address by itself.

    `routes_per_zone` makes one route table a zone, whether or not NAT needs it today: a change of
    `network.nat` then changes routes only. Subnets are in the order of `zones`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        tier: Tier,
        vpc_id: str,
        networks: Sequence[IPv4Network],
        zones: Sequence[str],
        routes_per_zone: bool,
        rules: Iterable[AclRule],
    ) -> None:
        super().__init__(scope, id)
        self.tier = tier
        self.networks = tuple(networks)
        self.zones = tuple(zones)
        Tags.of(self).add("tier", tier)
        Tags.of(self).add("Name", tier)
        self.subnets = tuple(
            self._subnet(index, network=network, zone=zone, vpc_id=vpc_id)
            for index, (network, zone) in enumerate(zip(networks, zones, strict=True), start=1)
        )
        names = ["RouteTable1", "RouteTable2"] if routes_per_zone else ["RouteTable"]
        self.route_tables = tuple(ec2.CfnRouteTable(self, name, vpc_id=vpc_id) for name in names)
        NetworkAcl(self, "Acl", vpc_id=vpc_id, rules=rules, subnets=self.subnets)
        for index, subnet in enumerate(self.subnets):
            ec2.CfnSubnetRouteTableAssociation(
                self,
                f"RouteTableAssociation{index + 1}",
                subnet_id=subnet.ref,
                route_table_id=self.table_of(index).ref,
            )

    def references(self, scope: Construct) -> tuple[ec2.ISubnet, ...]:
        """Return the subnets in the form that constructs of other rooms take."""
        return tuple(
            ec2.Subnet.from_subnet_attributes(
                scope,
                f"{self.node.id}Subnet{index + 1}",
                subnet_id=subnet.ref,
                availability_zone=self.zones[index],
                ipv4_cidr_block=str(self.networks[index]),
                route_table_id=self.table_of(index).ref,
            )
            for index, subnet in enumerate(self.subnets)
        )

    def table_of(self, index: int) -> ec2.CfnRouteTable:
        """Return the route table of the subnet with this index."""
        return self.route_tables[min(index, len(self.route_tables) - 1)]

    def _subnet(self, index: int, *, network: IPv4Network, zone: str, vpc_id: str) -> ec2.CfnSubnet:
        subnet = ec2.CfnSubnet(
            self,
            f"Subnet{index}",
            vpc_id=vpc_id,
            cidr_block=str(network),
            availability_zone=zone,
            map_public_ip_on_launch=False,
        )
        Tags.of(subnet).add("Name", f"{self.tier}-{index}")
        return subnet
