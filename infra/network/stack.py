"""The network room: VPC, tiers, security groups, endpoints and the logs of all traffic."""

from dataclasses import dataclass

from aws_cdk import NestedStack
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from infra.config import EnvironmentConfig
from infra.network.custom_resources import CustomResources
from infra.network.endpoints import GatewayEndpoints, InterfaceEndpoints
from infra.network.flow_logs import FlowLogs
from infra.network.internet import InternetGateway, NatGateways
from infra.network.resolver_query_logs import ResolverQueryLogs
from infra.network.security_groups import Group, SecurityGroups
from infra.network.tiers import Tiers
from infra.network.vpc import new_vpc, vpc_reference
from infra.security.stack import SecurityOutputs


@dataclass(frozen=True, kw_only=True)
class NetworkOutputs:
    """What other rooms build on. Subnets are one a zone; those of HPC are none when it is off.

    `vpc` knows the public, the application (as private) and the data subnets (as isolated).
    """

    vpc: ec2.IVpc
    public_subnets: tuple[ec2.ISubnet, ...]
    application_subnets: tuple[ec2.ISubnet, ...]
    data_subnets: tuple[ec2.ISubnet, ...]
    hpc_subnets: tuple[ec2.ISubnet, ...]
    application_sg: ec2.ISecurityGroup
    ml_sg: ec2.ISecurityGroup
    database_sg: ec2.ISecurityGroup
    data_storage_sg: ec2.ISecurityGroup
    hpc_sg: ec2.ISecurityGroup | None
    endpoints_sg: ec2.ISecurityGroup
    cloudfront_list: str | None = None
    """The prefix list that the edge's load balancer admits; None without the edge room."""


class NetworkStack(NestedStack):
    """Wires the network of one environment."""

    def __init__(
        self, scope: Construct, id: str, *, config: EnvironmentConfig, security: SecurityOutputs
    ) -> None:
        super().__init__(scope, id)
        key = security.log_key
        resource = new_vpc(self, "Vpc", config=config)
        tiers = Tiers(self, "Tiers", config=config, vpc=resource)
        vpc = vpc_reference(self, "Reference", vpc=resource, tiers=tiers)
        custom = CustomResources(self, "CustomResources", config=config, vpc=resource, log_key=key)
        groups = SecurityGroups(
            self,
            "SecurityGroups",
            config=config,
            vpc_id=resource.ref,
            prefix_lists=custom.prefix_lists,
        )
        internet = InternetGateway(
            self, "Internet", config=config, vpc_id=resource.ref, public=tiers.public
        )
        NatGateways(
            self,
            "Nat",
            nat=config.network.nat,
            public=tiers.public,
            private=tiers.egress,
            internet=internet,
        )
        GatewayEndpoints(
            self,
            "GatewayEndpoints",
            config=config,
            vpc_id=resource.ref,
            tiers=(*tiers.egress, tiers.data),
        )
        InterfaceEndpoints(
            self,
            "InterfaceEndpoints",
            config=config,
            vpc_id=resource.ref,
            tier=tiers.application,
            group_id=groups.id_of(Group.ENDPOINTS),
        )
        FlowLogs(self, "FlowLogs", config=config, vpc_id=resource.ref, key=key)
        ResolverQueryLogs(self, "ResolverQueryLogs", config=config, vpc_id=resource.ref, key=key)
        self.outputs = NetworkOutputs(
            vpc=vpc,
            public_subnets=tiers.public.references(self),
            application_subnets=tiers.application.references(self),
            data_subnets=tiers.data.references(self),
            hpc_subnets=tiers.hpc.references(self) if tiers.hpc else (),
            application_sg=groups.reference(Group.APPLICATION),
            ml_sg=groups.reference(Group.ML),
            database_sg=groups.reference(Group.DATABASE),
            data_storage_sg=groups.reference(Group.DATA_STORAGE),
            hpc_sg=groups.reference(Group.HPC) if config.rooms.hpc else None,
            endpoints_sg=groups.reference(Group.ENDPOINTS),
            cloudfront_list=custom.cloudfront_list if config.rooms.edge else None,
        )
