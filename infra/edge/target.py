"""What a service needs of the edge: a target group, the rule of its path, and an open port."""

from aws_cdk import CfnTag
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elb
from constructs import Construct

from infra.config import ServiceConfig
from infra.config.services import priority
from infra.edge.stack import EdgeOutputs

DAY = 86_400
"""Seconds; AWS's own default."""


def target_group(
    scope: Construct,
    construct_id: str,
    *,
    vpc_id: str,
    service: ServiceConfig,
    tags: list[CfnTag] | None = None,
) -> elb.CfnTargetGroup:
    """Return a group of addresses that are reached over TLS.

    Services answer with certificates of their own making. A load balancer does not check them,
    and the VPC lets no packet pass for another's:
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
    """
    seconds = service.sticky_seconds
    attributes = {
        "deregistration_delay.timeout_seconds": str(service.stop_seconds),
        "load_balancing.algorithm.type": "least_outstanding_requests",
        "stickiness.enabled": "true" if seconds else "false",
        "stickiness.type": "lb_cookie",
        "stickiness.lb_cookie.duration_seconds": str(seconds or DAY),
    }
    return elb.CfnTargetGroup(
        scope,
        construct_id,
        vpc_id=vpc_id,
        target_type="ip",
        protocol="HTTPS",
        port=service.port,
        health_check_enabled=True,
        health_check_protocol="HTTPS",
        health_check_path=service.health_path,
        health_check_interval_seconds=15,
        health_check_timeout_seconds=5,
        healthy_threshold_count=2,
        unhealthy_threshold_count=3,
        matcher=elb.CfnTargetGroup.MatcherProperty(http_code="200"),
        target_group_attributes=[
            elb.CfnTargetGroup.TargetGroupAttributeProperty(key=key, value=value)
            for key, value in attributes.items()
        ],
        tags=tags,
    )


def forward(
    scope: Construct,
    construct_id: str,
    *,
    edge: EdgeOutputs,
    name: str,
    path: str,
    group: elb.CfnTargetGroup,
) -> elb.CfnListenerRule:
    """Return the rule that sends a path, and what is below it, to a service's group."""
    return elb.CfnListenerRule(
        scope,
        construct_id,
        listener_arn=edge.listener_arn,
        priority=priority(name),
        conditions=[
            elb.CfnListenerRule.RuleConditionProperty(
                field="path-pattern",
                path_pattern_config=elb.CfnListenerRule.PathPatternConfigProperty(
                    values=[path, f"{path}/*"]
                ),
            )
        ],
        actions=[elb.CfnListenerRule.ActionProperty(type="forward", target_group_arn=group.ref)],
    )


def open_port(
    scope: Construct, *, edge: EdgeOutputs, group: str, name: str, port: int, prefix: str = ""
) -> None:
    """Let the load balancer reach a port that is not the one services have by default."""
    balancer = edge.load_balancer_security_group_id
    words = f"Load balancer to the service {name}"
    ec2.CfnSecurityGroupEgress(
        scope,
        f"{prefix}Out",
        group_id=balancer,
        destination_security_group_id=group,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        description=words,
    )
    ec2.CfnSecurityGroupIngress(
        scope,
        f"{prefix}In",
        group_id=group,
        source_security_group_id=balancer,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        description=words,
    )
