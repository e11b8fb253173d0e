"""The ECS room: services of the environment file on Fargate, Fargate Spot or instances."""

from dataclasses import dataclass

from aws_cdk import NestedStack, Tags
from constructs import Construct

from infra.alerts import Alerts
from infra.config import EnvironmentConfig
from infra.config.services import RunsOn
from infra.data.stack import DataOutputs
from infra.ecs.cluster import Cluster
from infra.ecs.room import Room
from infra.ecs.service import Service
from infra.edge.stack import EdgeOutputs
from infra.network.stack import NetworkOutputs
from infra.registry.stack import RegistryOutputs
from infra.security.stack import LOG_CLASS, SecurityOutputs


@dataclass(frozen=True, kw_only=True)
class EcsOutputs:
    """What people see of the room. `domain` is where services have their names in the VPC."""

    cluster: str
    domain: str
    services: tuple[str, ...]


class EcsStack(NestedStack):
    """Wires the cluster and every service with runs_on = "ecs"."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: EnvironmentConfig,
        security: SecurityOutputs,
        network: NetworkOutputs,
        data: DataOutputs,
        registry: RegistryOutputs,
        edge: EdgeOutputs | None = None,
    ) -> None:
        super().__init__(scope, id)
        Tags.of(self).add("data-class", LOG_CLASS, priority=1)
        room = Room(
            config=config,
            security=security,
            network=network,
            data=data,
            registry=registry,
            edge=edge,
            topic=Alerts(
                self, "Alerts", config=config, key=security.important_key, about="services"
            ).topic,
        )
        cluster = Cluster(self, "Cluster", room=room)
        mine = {
            name: service
            for name, service in sorted(config.services.items())
            if service.runs_on is RunsOn.ECS
        }
        for name, service in mine.items():
            Service(self, _id(name), room=room, cluster=cluster, name=name, service=service)
        self.outputs = EcsOutputs(cluster=room.cluster, domain=cluster.domain, services=tuple(mine))


def _id(name: str) -> str:
    """Return the construct id of a service: risk-score as RiskScore."""
    return "".join(word.capitalize() for word in name.split("-"))
