"""Private ways to AWS services."""

from collections.abc import Sequence

from aws_cdk import Aws, Tags
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from compliance.waivers import waive
from infra.config import EnvironmentConfig
from infra.network import endpoint_actions, waivers
from infra.network.endpoint_policies import (
    Policy,
    aws_owned_buckets,
    has_head_nodes,
    perimeter,
    s3_perimeter,
    service_token_exchange,
)
from infra.network.subnet_tier import SubnetTier


class GatewayEndpoints(Construct):
    """S3 and DynamoDB through the route tables of private tiers. They cost nothing."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: EnvironmentConfig,
        vpc_id: str,
        tiers: Sequence[SubnetTier],
    ) -> None:
        super().__init__(scope, id)
        tables = [table.ref for tier in tiers for table in tier.route_tables]
        policies: dict[str, Policy] = {
            "s3": s3_perimeter(config, endpoint_actions.S3),
            "dynamodb": perimeter(config, endpoint_actions.DYNAMODB),
        }
        for service, policy in policies.items():
            endpoint = ec2.CfnVPCEndpoint(
                self,
                _construct_id(service),
                vpc_id=vpc_id,
                vpc_endpoint_type="Gateway",
                service_name=_service_name(service),
                route_table_ids=tables,
                policy_document=policy,
            )
            Tags.of(endpoint).add("Name", service)
            if service == "s3" and aws_owned_buckets(config):
                waive(endpoint, *waivers.aws_buckets(config))
            if service == "s3" and config.rooms.eks:
                waive(endpoint, *waivers.deployment_answers(config))
            if service == "s3" and has_head_nodes(config):
                waive(endpoint, *waivers.ready_signals(config))


class InterfaceEndpoints(Construct):
    """PrivateLink endpoints in the application subnets, under the services' own names."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: EnvironmentConfig,
        vpc_id: str,
        tier: SubnetTier,
        group_id: str,
    ) -> None:
        super().__init__(scope, id)
        for service in config.network.interface_endpoints:
            policy = perimeter(config, endpoint_actions.INTERFACE[service])
            if service == "sts" and config.rooms.eks:
                policy["Statement"].append(service_token_exchange())
            endpoint = ec2.CfnVPCEndpoint(
                self,
                _construct_id(service),
                vpc_id=vpc_id,
                vpc_endpoint_type="Interface",
                service_name=_service_name(service),
                private_dns_enabled=True,
                subnet_ids=[subnet.ref for subnet in tier.subnets],
                security_group_ids=[group_id],
                policy_document=policy,
            )
            Tags.of(endpoint).add("Name", service)
            if service == "sts" and config.rooms.eks:
                waive(endpoint, *waivers.service_tokens(config))


def _service_name(service: str) -> str:
    return f"com.amazonaws.{Aws.REGION}.{service}"


def _construct_id(service: str) -> str:
    """`kinesis-streams` and `ecr.api` as KinesisStreams and EcrApi."""
    return "".join(word.capitalize() for word in service.replace(".", "-").split("-"))
