"""A service behind the edge's load balancer: where requests go, and who may move them."""

from dataclasses import dataclass

from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elb
from constructs import Construct, IDependable

from infra.config import ServiceConfig
from infra.config.services import Deployment
from infra.ecs.needs import allow
from infra.ecs.roles import ECS, EcsRole
from infra.ecs.room import Room
from infra.edge.stack import SERVICE_PORT, EdgeOutputs
from infra.edge.target import forward, open_port, target_group

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
        self._rule = self.before = forward(
            self, "Rule", edge=edge, name=name, path=path, group=group
        )
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
            open_port(self, edge=edge, group=room.security_groups[0], name=name, port=service.port)

    def _group(self, colour: str) -> elb.CfnTargetGroup:
        return target_group(
            self, colour, vpc_id=self._room.network.vpc.vpc_id, service=self._service
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
