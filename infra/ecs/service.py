"""A service: so many tasks, replaced without a gap, and rolled back when they fail."""

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_servicediscovery as discovery
from constructs import Construct

from infra.config import ServiceConfig
from infra.config.services import Capacity, Deployment
from infra.ecs.alarms import Alarms
from infra.ecs.cluster import FARGATE, SPOT, Cluster
from infra.ecs.front import Front
from infra.ecs.room import Room
from infra.ecs.scaling import Scaling
from infra.ecs.task import TaskDefinition

Ecs = ecs.CfnService
SHARE = 9
"""Of ten tasks above the least, so many run on Spot."""
NAME_SECONDS = 10
"""How long a name's answer may be kept."""


class Service(Construct):
    """Everything of one `[services.<name>]` that runs on ECS."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        cluster: Cluster,
        name: str,
        service: ServiceConfig,
    ) -> None:
        super().__init__(scope, construct_id)
        self._room, self._cluster, self._name, self._service = room, cluster, name, service
        cdk.Tags.of(self).add("data-class", service.data_class, priority=200)
        cdk.Tags.of(self).add("service", name)
        task = TaskDefinition(self, "Task", room=room, cluster=cluster, name=name, service=service)
        front = self._front()
        behind = (room.edge, front.target) if room.edge and front else None
        alarms = Alarms(
            self, "Alarms", room=room, name=name, service=service, log_group=task.logs, front=behind
        )
        resource = self._resource(task, alarms, front)
        Scaling(
            self,
            "Scaling",
            cluster=room.cluster,
            service=service,
            resource=resource,
            front=behind,
        )

    def _front(self) -> Front | None:
        edge, path = self._room.edge, self._service.path
        if edge is None or path is None:
            return None
        return Front(
            self,
            "Front",
            room=self._room,
            edge=edge,
            name=self._name,
            service=self._service,
            path=path,
        )

    def _resource(self, task: TaskDefinition, alarms: Alarms, front: Front | None) -> Ecs:
        room, service = self._room, self._service
        resource = Ecs(
            self,
            "Service",
            service_name=self._name,
            cluster=room.cluster,
            task_definition=task.resource.ref,
            capacity_provider_strategy=self._capacity(),
            deployment_configuration=_deployment(service, alarms.guards),
            availability_zone_rebalancing="ENABLED",
            network_configuration=Ecs.NetworkConfigurationProperty(
                awsvpc_configuration=Ecs.AwsVpcConfigurationProperty(
                    assign_public_ip="DISABLED",
                    subnets=room.subnets,
                    security_groups=room.security_groups,
                )
            ),
            load_balancers=front.load_balancers if front else None,
            health_check_grace_period_seconds=service.start_seconds if front else None,
            service_registries=self._names(),
            enable_execute_command=room.config.ecs.shell,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
        )
        # CloudFormation reads the alarms of a deployment only by name.
        resource.node.add_dependency(self._cluster.capacity, alarms)
        if front:
            resource.node.add_dependency(front.before)
        return resource

    def _capacity(self) -> list[Ecs.CapacityProviderStrategyItemProperty]:
        match self._service.capacity, self._cluster.instances:
            case Capacity.EC2, instances if instances:
                shares = [(instances.name, 0, 1)]
            case Capacity.SPOT, _:
                shares = [(FARGATE, self._service.scaling.min, 1), (SPOT, 0, SHARE)]
            case _:
                shares = [(FARGATE, 0, 1)]
        return [
            Ecs.CapacityProviderStrategyItemProperty(
                capacity_provider=provider, base=base, weight=weight
            )
            for provider, base, weight in shares
        ]

    def _names(self) -> list[Ecs.ServiceRegistryProperty] | None:
        """Register tasks under <name>.<environment>.<project>.internal.

        Not where requests are shifted: AWS does so at load balancers, and a name would answer with
        tasks of both versions.
        """
        if self._service.deployment is not Deployment.ROLLING:
            return None
        name = discovery.CfnService(
            self,
            "Name",
            name=self._name,
            namespace_id=self._cluster.namespace.ref,
            dns_config=discovery.CfnService.DnsConfigProperty(
                routing_policy="MULTIVALUE",
                dns_records=[discovery.CfnService.DnsRecordProperty(type="A", ttl=NAME_SECONDS)],
            ),
            health_check_custom_config=discovery.CfnService.HealthCheckCustomConfigProperty(
                failure_threshold=1
            ),
        )
        return [Ecs.ServiceRegistryProperty(registry_arn=name.attr_arn)]


def _deployment(service: ServiceConfig, guards: list[str]) -> Ecs.DeploymentConfigurationProperty:
    shifts = service.deployment is not Deployment.ROLLING
    canary = Ecs.CanaryConfigurationProperty(
        canary_percent=service.canary_percent, canary_bake_time_in_minutes=service.bake_minutes
    )
    return Ecs.DeploymentConfigurationProperty(
        strategy=service.deployment.value.upper(),
        minimum_healthy_percent=100,
        maximum_percent=200,
        bake_time_in_minutes=service.bake_minutes if shifts else None,
        canary_configuration=canary if service.deployment is Deployment.CANARY else None,
        deployment_circuit_breaker=Ecs.DeploymentCircuitBreakerProperty(enable=True, rollback=True),
        alarms=Ecs.DeploymentAlarmsProperty(alarm_names=guards, enable=True, rollback=True),
    )
