"""The edge room: the load balancer that services stand behind, and how CloudFront reaches it.

CloudFront itself is in `global_stack.py`, in us-east-1.
"""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from compliance.waivers import waive
from infra.config import EnvironmentConfig
from infra.data.stack import DataOutputs
from infra.edge import waivers
from infra.edge.firewall import Firewall
from infra.edge.load_balancer import LoadBalancer
from infra.network.flows import HTTP, HTTPS, SERVICE
from infra.network.stack import NetworkOutputs
from infra.security.stack import SecurityOutputs

SERVICE_PORT = SERVICE.first
"""The port on which services in the application group hear the load balancer."""


@dataclass(frozen=True, kw_only=True)
class EdgeOutputs:
    """What services attach to: a target group and a listener rule, made in the room that serves.

    The listener answers 404 to what no rule takes. The load balancer may open the service port of
    the application group; a service in a group of its own adds the two rules itself, from
    `load_balancer_security_group_id`.
    """

    load_balancer_arn: str
    load_balancer_full_name: str
    """The dimension LoadBalancer of metrics, and part of a scaling policy's resource label."""
    load_balancer_dns: str
    load_balancer_security_group_id: str
    listener_arn: str
    vpc_origin_id: str
    """By what CloudFront, in a stack of its own, reaches the load balancer."""


class EdgeStack(cdk.NestedStack):
    """A load balancer behind a firewall, and a way from CloudFront into the VPC."""

    outputs: EdgeOutputs

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        security: SecurityOutputs,
        network: NetworkOutputs,
        data: DataOutputs,
    ) -> None:
        super().__init__(scope, construct_id)
        balancer = LoadBalancer(self, "LoadBalancer", config=config, network=network, data=data)
        firewall = Firewall(self, "Firewall", config=config, key=security.log_key, cloudfront=False)
        association = wafv2.CfnWebACLAssociation(
            self, "Association", resource_arn=balancer.resource.ref, web_acl_arn=firewall.arn
        )
        origin = self._origin(config, balancer)
        # CloudFront gets its way in when the firewall stands, not before.
        origin.add_resource_dependency(association)
        self.outputs = EdgeOutputs(
            load_balancer_arn=balancer.resource.ref,
            load_balancer_full_name=balancer.resource.attr_load_balancer_full_name,
            load_balancer_dns=balancer.resource.attr_dns_name,
            load_balancer_security_group_id=balancer.group.attr_group_id,
            listener_arn=balancer.listener.ref,
            vpc_origin_id=origin.attr_id,
        )

    def _origin(self, config: EnvironmentConfig, balancer: LoadBalancer) -> cloudfront.CfnVpcOrigin:
        origin = cloudfront.CfnVpcOrigin(
            self,
            "VpcOrigin",
            vpc_origin_endpoint_config=cloudfront.CfnVpcOrigin.VpcOriginEndpointConfigProperty(
                name=f"iryo-{config.name}",
                arn=balancer.resource.ref,
                http_port=HTTP.first,
                https_port=HTTPS.first,
                origin_protocol_policy="https-only" if balancer.encrypted else "http-only",
                origin_ssl_protocols=["TLSv1.2"],
            ),
        )
        if not balancer.encrypted:
            waive(origin, waivers.no_domain_origin(config))
        return origin
