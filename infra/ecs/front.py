"""A service behind the edge's load balancer: where requests go, and who may move them."""

from dataclasses import dataclass

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elb
from constructs import Construct, IDependable

from infra.config import ServiceConfig
from infra.config.services import Deployment, priority
from infra.ecs.needs import allow
from infra.ecs.roles import ECS, EcsRole
from infra.ecs.room import Room
from infra.edge.stack import SERVICE_PORT, EdgeOutputs

DAY = 86_400
"""Seconds; AWS's own default."""
MANAGE = ("elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets")
LISTS = (
    *("elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeRules"),
    *("elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth"),
)


@dataclass(frozen=True, kw_only=True)
class Target:
    """A target group and its name in metrics."""

    arn: str
    full_name: str


class Front(Construct):
    """One target group, or two between which ECS shifts requests, and the rule of the path.

    `load_balancers` is what the service says about it, `before` what must be there first.
    """

    target: Target
    before: IDependable
    load_balancers: list[ecs.CfnService.LoadBalancerProperty]

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        edge: EdgeOutputs,
        name: str,
        service: ServiceConfig,
        path: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self._room, self._service = room, service
        group = self._group("Blue")
        self.target = Target(arn=group.ref, full_name=group.attr_target_group_full_name)
        self._rule = self.before = self._forward(edge, name, path)
        self.load_balancers = [
            ecs.CfnService.LoadBalancerProperty(
                container_name=name,
                container_port=service.port,
                target_group_arn=group.ref,
                advanced_configuration=self._shifting(edge, name)
                if service.deployment is not Deployment.ROLLING
                else None,
            )
        ]
        if service.port != SERVICE_PORT:
            self._open(edge, name)

    def _group(self, colour: str) -> elb.CfnTargetGroup:
        """Return a group of tasks, reached over TLS.

        Tasks answer with certificates of their own making. A load balancer does not check them,
        and the VPC lets no packet pass for another's:
        https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
        """
        service = self._service
        seconds = service.sticky_seconds
        attributes = {
            "deregistration_delay.timeout_seconds": str(service.stop_seconds),
            "load_balancing.algorithm.type": "least_outstanding_requests",
            "stickiness.enabled": "true" if seconds else "false",
            "stickiness.type": "lb_cookie",
            "stickiness.lb_cookie.duration_seconds": str(seconds or DAY),
        }
        return elb.CfnTargetGroup(
            self,
            colour,
            vpc_id=self._room.network.vpc.vpc_id,
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
        )

    def _forward(self, edge: EdgeOutputs, name: str, path: str) -> elb.CfnListenerRule:
        return elb.CfnListenerRule(
            self,
            "Rule",
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
            actions=[
                elb.CfnListenerRule.ActionProperty(type="forward", target_group_arn=self.target.arn)
            ],
        )

    def _shifting(
        self, edge: EdgeOutputs, name: str
    ) -> ecs.CfnService.AdvancedConfigurationProperty:
        """Return the other target group and the role by which ECS moves the rule's weights.

        As AmazonECSInfrastructureRolePolicyForLoadBalancers, for these resources only.
        """
        green = self._group("Green")
        role = EcsRole(
            self,
            "ShiftRole",
            service=ECS,
            description=f"Shifts requests between two versions of the service {name}",
            statements=[
                allow("Lists", LISTS, "*"),
                allow("Targets", MANAGE, self.target.arn, green.ref),
                allow(
                    "Weights",
                    ["elasticloadbalancing:ModifyListener", "elasticloadbalancing:ModifyRule"],
                    edge.listener_arn,
                    self._rule.attr_rule_arn,
                ),
            ],
        )
        self.before = role.policy or role
        return ecs.CfnService.AdvancedConfigurationProperty(
            alternate_target_group_arn=green.ref,
            production_listener_rule=self._rule.attr_rule_arn,
            role_arn=role.arn,
        )

    def _open(self, edge: EdgeOutputs, name: str) -> None:
        """Let the load balancer reach a port that is not the one services have by default."""
        group = self._room.security_groups[0]
        balancer = edge.load_balancer_security_group_id
        port = self._service.port
        words = f"Load balancer to the service {name}"
        ec2.CfnSecurityGroupEgress(
            self,
            "Out",
            group_id=balancer,
            destination_security_group_id=group,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=words,
        )
        ec2.CfnSecurityGroupIngress(
            self,
            "In",
            group_id=group,
            source_security_group_id=balancer,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=words,
        )
