"""The load balancer: without a public address, and open to CloudFront only."""

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elb
from constructs import Construct

from compliance.waivers import waive
from infra.config import EnvironmentConfig
from infra.data.access_logs import LOAD_BALANCERS
from infra.data.stack import DataOutputs
from infra.edge import waivers
from infra.edge.certificate import certificate
from infra.edge.names import domains
from infra.network.flows import HTTP, HTTPS, SERVICE, Ports
from infra.network.stack import NetworkOutputs

# TLS 1.3, and 1.2 with forward secrecy for CloudFront's side; with post-quantum key exchange:
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
NOT_FOUND = '{"message": "not found"}'


class LoadBalancer(Construct):
    """An internal application load balancer in the application subnets, and its one listener.

    The listener answers 404 until services add rules. Its group admits CloudFront's prefix list,
    and nothing leaves it but to the service port of the application group. A group has room for 60
    rules; the prefix list counts as 55, so there is one port.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        network: NetworkOutputs,
        data: DataOutputs,
    ) -> None:
        super().__init__(scope, construct_id)
        self.encrypted = config.edge.domain is not None
        self.port: Ports = HTTPS if self.encrypted else HTTP
        self.group = self._group(network)
        self.resource = elb.CfnLoadBalancer(
            self,
            "Resource",
            type="application",
            scheme="internal",
            ip_address_type="ipv4",
            subnets=[subnet.subnet_id for subnet in network.application_subnets],
            security_groups=[self.group.attr_group_id],
            load_balancer_attributes=_attributes(config, logs=data.access_logs.bucket_name),
        )
        if config.data.removal == "destroy":
            waive(self.resource, *waivers.deletable(config))
        self.listener = self._listener(config)

    def _group(self, network: NetworkOutputs) -> ec2.CfnSecurityGroup:
        services = network.application_sg.security_group_id
        group = ec2.CfnSecurityGroup(
            self,
            "Group",
            vpc_id=network.vpc.vpc_id,
            group_description="The load balancer, reached from CloudFront only",
            security_group_ingress=[
                ec2.CfnSecurityGroup.IngressProperty(
                    ip_protocol="tcp",
                    from_port=self.port.first,
                    to_port=self.port.last,
                    source_prefix_list_id=network.cloudfront_list,
                    description="CloudFront",
                )
            ],
            security_group_egress=[
                ec2.CfnSecurityGroup.EgressProperty(
                    ip_protocol="tcp",
                    from_port=SERVICE.first,
                    to_port=SERVICE.last,
                    destination_security_group_id=services,
                    description="Services",
                )
            ],
        )
        ec2.CfnSecurityGroupIngress(
            self,
            "ToServices",
            group_id=services,
            source_security_group_id=group.attr_group_id,
            ip_protocol="tcp",
            from_port=SERVICE.first,
            to_port=SERVICE.last,
            description="Load balancer",
        )
        return group

    def _listener(self, config: EnvironmentConfig) -> elb.CfnListener:
        edge = config.edge
        names = domains(config)
        listener = elb.CfnListener(
            self,
            "Listener",
            load_balancer_arn=self.resource.ref,
            port=self.port.first,
            protocol="HTTPS" if self.encrypted else "HTTP",
            ssl_policy=TLS_POLICY if self.encrypted else None,
            certificates=[
                elb.CfnListener.CertificateProperty(
                    certificate_arn=certificate(
                        self,
                        "Certificate",
                        names=names,
                        zone_id=edge.hosted_zone_id,
                        given=edge.certificate_arn,
                    )
                )
            ]
            if self.encrypted
            else None,
            default_actions=[
                elb.CfnListener.ActionProperty(
                    type="fixed-response",
                    fixed_response_config=elb.CfnListener.FixedResponseConfigProperty(
                        status_code="404", content_type="application/json", message_body=NOT_FOUND
                    ),
                )
            ],
        )
        if not self.encrypted:
            waive(listener, *waivers.no_domain_listener(config))
        return listener


def _attributes(
    config: EnvironmentConfig, *, logs: str
) -> list[elb.CfnLoadBalancer.LoadBalancerAttributeProperty]:
    settings = config.edge.load_balancer
    kept = config.data.removal == "retain"
    given = {
        "access_logs.s3.enabled": "true",
        "access_logs.s3.bucket": logs,
        "access_logs.s3.prefix": LOAD_BALANCERS,
        "client_keep_alive.seconds": str(settings.keep_alive_seconds),
        "deletion_protection.enabled": str(kept).lower(),
        "idle_timeout.timeout_seconds": str(settings.idle_seconds),
        "routing.http.desync_mitigation_mode": "strictest",
        "routing.http.drop_invalid_header_fields.enabled": "true",
        "routing.http.preserve_host_header.enabled": "true",
        "waf.fail_open.enabled": "false",
    }
    return [
        elb.CfnLoadBalancer.LoadBalancerAttributeProperty(key=key, value=value)
        for key, value in given.items()
    ]
