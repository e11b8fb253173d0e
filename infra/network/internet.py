"""The ways to and from the Internet."""

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from compliance.waivers import waive
from infra.config import EnvironmentConfig, Nat
from infra.network import waivers
from infra.network.subnet_tier import SubnetTier

EVERYWHERE = "0.0.0.0/0"


class InternetGateway(Construct):
    """The gateway and the public tier's default route through it."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: EnvironmentConfig,
        vpc_id: str,
        public: SubnetTier,
    ) -> None:
        super().__init__(scope, id)
        gateway = ec2.CfnInternetGateway(self, "Resource")
        self.attachment = ec2.CfnVPCGatewayAttachment(
            self, "Attachment", vpc_id=vpc_id, internet_gateway_id=gateway.ref
        )
        self.route = ec2.CfnRoute(
            self,
            "DefaultRoute",
            route_table_id=public.route_tables[0].ref,
            destination_cidr_block=EVERYWHERE,
            gateway_id=gateway.ref,
        )
        self.route.add_resource_dependency(self.attachment)
        waive(self.route, *waivers.public_route(config))


class NatGateways(Construct):
    """NAT gateways in the public tier and the default routes of the private tiers."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        nat: Nat,
        public: SubnetTier,
        private: Sequence[SubnetTier],
        internet: InternetGateway,
    ) -> None:
        super().__init__(scope, id)
        zones = {Nat.NONE: 0, Nat.SINGLE: 1, Nat.PER_ZONE: len(public.subnets)}[nat]
        gateways = [
            self._gateway(index, subnet=subnet, internet=internet)
            for index, subnet in enumerate(public.subnets[:zones], start=1)
        ]
        if not gateways:
            return
        for tier in private:
            for index, table in enumerate(tier.route_tables):
                ec2.CfnRoute(
                    self,
                    f"{tier.node.id}DefaultRoute{index + 1}",
                    route_table_id=table.ref,
                    destination_cidr_block=EVERYWHERE,
                    nat_gateway_id=gateways[min(index, len(gateways) - 1)].ref,
                )

    def _gateway(
        self, index: int, *, subnet: ec2.CfnSubnet, internet: InternetGateway
    ) -> ec2.CfnNatGateway:
        address = ec2.CfnEIP(self, f"Address{index}", domain="vpc")
        address.add_resource_dependency(internet.attachment)
        gateway = ec2.CfnNatGateway(
            self,
            f"Gateway{index}",
            subnet_id=subnet.ref,
            allocation_id=address.attr_allocation_id,
        )
        gateway.add_resource_dependency(internet.route)
        return gateway
