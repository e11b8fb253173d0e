"""The EKS room: a private cluster, its nodes, what closes it and the services in it."""

from dataclasses import dataclass
from itertools import chain

import aws_cdk as cdk
from constructs import Construct, IDependable

from infra.config import DataClass, EnvironmentConfig
from infra.config.eks import Autoscaling
from infra.data.stack import DataOutputs
from infra.edge.stack import EdgeOutputs
from infra.eks.access import People, auto_nodes
from infra.eks.addons import Addons
from infra.eks.charts import Charts
from infra.eks.cluster import ClusterConstruct
from infra.eks.deployment import Deployment
from infra.eks.fargate import Fargate
from infra.eks.manifests import admission, nodes
from infra.eks.manifests.namespaces import namespaces
from infra.eks.manifests.rbac import rbac
from infra.eks.nodes import Nodes, node_role
from infra.eks.prometheus import Prometheus
from infra.eks.room import Room
from infra.eks.security_groups import ClusterGroups
from infra.eks.services import Services
from infra.network.stack import NetworkOutputs
from infra.registry.stack import RegistryOutputs
from infra.security.stack import SecurityOutputs


@dataclass(frozen=True, kw_only=True)
class EksOutputs:
    """What people and other rooms see of the cluster."""

    name: str
    endpoint: str
    prometheus: str
    """Empty without eks.prometheus."""


class EksStack(cdk.NestedStack):
    """Wires the room. Raises ManifestError when an object may not be deployed."""

    outputs: EksOutputs

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        security: SecurityOutputs,
        network: NetworkOutputs,
        data: DataOutputs,
        registry: RegistryOutputs | None,
        edge: EdgeOutputs | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        assert security.cluster_key  # noqa: S101 (made with rooms.eks)
        self._room = room = Room(
            config=config,
            security=security,
            network=network,
            data=data,
            # Without services there are no repositories.
            registry=registry or RegistryOutputs(repositories={}),
            key=security.cluster_key,
            edge=edge,
        )
        cdk.Tags.of(self).add("data-class", DataClass.IMPORTANT, priority=1)
        self._groups = groups = ClusterGroups(self, "Groups", room=room)
        self._cluster = ClusterConstruct(
            self, "Cluster", room=room, control_plane=groups.control_plane
        )
        cluster = self._cluster.resource
        cdk.Tags.of(cluster).add("data-class", DataClass.CONFIDENTIAL)
        self._addons = Addons(self, "Addons", room=room, cluster=cluster)
        managed = Nodes(self, "Nodes", room=room, cluster=cluster, group=groups.nodes)
        for group in managed.groups:
            group.node.add_dependency(*self._addons.first)
        self._addons.after(managed.groups[0])
        People(self, "People", room=room, cluster=cluster)
        self._deployment = Deployment(self, "Deployment", room=room, cluster=cluster)
        prometheus = ""
        if config.eks.prometheus:
            prometheus = Prometheus(
                self, "Prometheus", room=room, cluster=cluster, groups=groups
            ).url
        self._fill(prometheus)
        self.outputs = EksOutputs(
            name=cluster.ref, endpoint=cluster.attr_endpoint, prometheus=prometheus
        )

    def _fill(self, prometheus: str) -> None:
        """Bring in what closes the cluster, then charts, then services."""
        room, cluster, config = self._room, self._cluster.resource, self._room.config
        registry = f"{cdk.Aws.ACCOUNT_ID}.dkr.ecr.{cdk.Aws.REGION}.{cdk.Aws.URL_SUFFIX}"
        closed = self._deployment.apply(
            "Foundation",
            list(
                chain(
                    namespaces(config.eks.version),
                    rbac(),
                    admission.own_registry(registry),
                    [nodes.storage_class(key=room.key.key_arn, auto=False)],
                )
            ),
            where="eks.foundation",
        )
        after: list[IDependable] = [closed]
        if config.eks.autoscaling is Autoscaling.AUTO_MODE:
            after.append(self._auto_mode())
        if config.eks.fargate:
            Fargate(self, "Fargate", room=room, cluster=cluster, groups=self._groups)
        charts = Charts(
            self,
            "Charts",
            room=room,
            cluster=cluster,
            objects=self._deployment,
            after=[closed, *self._addons.later.values()],
        ).made
        if config.eks.signing_key:
            signed = admission.signed_images(registry, config.eks.signing_key)
            self._deployment.apply(
                "SignedImages", [signed], where="eks.signing_key", after=[charts["kyverno"]]
            )
        Services(
            self,
            "Services",
            room=room,
            cluster=self._cluster,
            deployment=self._deployment,
            prometheus=prometheus,
            after=[*after, *self._addons.later.values(), *charts.values()],
        )

    def _auto_mode(self) -> IDependable:
        room = self._room
        role = node_role(self, "AutoNodeRole", description=f"Auto Mode's nodes of {room.cluster}")
        entry = auto_nodes(self, "AutoNodes", cluster=self._cluster.resource, role_arn=role.arn)
        return self._deployment.apply(
            "AutoMode",
            [
                *nodes.auto_mode(
                    role=role.name,
                    key=room.key.key_arn,
                    subnets=room.subnets,
                    groups=[self._groups.nodes, *room.security_groups],
                    tags=room.node_tags(),
                ),
                nodes.storage_class(key=room.key.key_arn, auto=True),
            ],
            where="eks.autoscaling",
            after=[entry],
        )
