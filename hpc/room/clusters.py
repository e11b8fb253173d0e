"""Every cluster of an environment: what each finds around it, then the cluster itself."""

from dataclasses import replace
from typing import Any

import aws_cdk as cdk
from constructs import Construct

from hpc.room.cluster import ParallelCluster
from hpc.room.control import Control
from hpc.room.database import Database
from hpc.room.node_policies import NodePolicies
from hpc.room.pcs import PcsCluster
from hpc.room.provider import Provider
from hpc.room.room import Room
from hpc.room.storage import Storage
from hpc.room.watched import is_limited
from hpc.surroundings import Subnet, Surroundings
from hpc.tags import room_tags
from infra.config import Stage
from infra.config.hpc import Cluster, Engine


class Clusters(Construct):
    """`fingerprints` are what was judged and is deployed, by cluster; PCS has none."""

    fingerprints: dict[str, str]
    pcs_limited: list[dict[str, Any]]

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        control: Control,
        before: list[cdk.CfnResource],
    ) -> None:
        super().__init__(scope, construct_id)
        self._room, self._control = room, control
        self.fingerprints, self.pcs_limited = {}, []
        found = {cluster.name: self._around(cluster) for cluster in room.hpc.clusters}
        vendors = [each for each in room.hpc.clusters if each.engine is Engine.PARALLELCLUSTER]
        provider = (
            Provider(
                self,
                "Provider",
                room=room,
                clusters=[cluster.name for cluster in vendors],
                policies=[found[cluster.name][1] for cluster in vendors],
                secrets=[secret for each in vendors for secret in found[each.name][2]],
            )
            if vendors
            else None
        )
        for cluster in room.hpc.clusters:
            surroundings, policies, _ = found[cluster.name]
            if cluster.engine is Engine.PCS:
                self._pcs(cluster, surroundings, policies)
                continue
            assert provider  # noqa: S101 (made for every such cluster)
            made = ParallelCluster(
                self,
                label(cluster.name),
                room=room,
                cluster=cluster,
                surroundings=surroundings,
                provider=provider,
                control=control,
            )
            for each in before:
                made.gate.add_resource_dependency(each)
            self.fingerprints[cluster.name] = made.fingerprint

    def _pcs(self, cluster: Cluster, surroundings: Surroundings, policies: NodePolicies) -> None:
        made = PcsCluster(
            self,
            label(cluster.name),
            room=self._room,
            cluster=cluster,
            surroundings=surroundings,
            policies=policies,
            limited=frozenset(queue.name for queue in cluster.queues if is_limited(queue)),
        )
        self.pcs_limited += made.limited

    def _around(self, cluster: Cluster) -> tuple[Surroundings, NodePolicies, tuple[str, ...]]:
        """Make what a cluster needs and return it with the policies and secrets of its nodes."""
        room, name = self._room, label(cluster.name)
        plain = _surroundings(room)
        storage = Storage(
            self,
            f"{name}Storage",
            room=room,
            cluster=cluster,
            surroundings=plain,
            control=self._control,
        )
        uri, secrets = "", [cluster.directory.secret_arn] if cluster.directory else []
        password = ""
        accounting = cluster.accounting
        managed = cluster.engine is Engine.PCS
        if accounting and accounting.database == "own" and not managed:
            database = Database(self, f"{name}Accounting", room=room, accounting=accounting)
            uri, password = database.uri, database.secret
            secrets.append(password)
        elif accounting and accounting.secret_arn:
            secrets.append(accounting.secret_arn)
        policies = NodePolicies(
            self,
            f"{name}Policies",
            room=room,
            cluster=cluster,
            file_systems=storage.file_systems,
            secrets=tuple(secrets),
        )
        surroundings = replace(
            plain,
            file_systems=storage.file_systems,
            database_uri=uri,
            database_secret=password,
            node_policy=policies.nodes,
            head_policy=policies.head,
            permissions_boundary=policies.boundary,
        )
        return surroundings, policies, tuple(secrets)


def label(name: str) -> str:
    """Return a cluster's or queue's name as a construct id."""
    return "".join(part.capitalize() for part in name.replace("_", "-").split("-"))


def _surroundings(room: Room) -> Surroundings:
    config = room.config
    return Surroundings(
        region=cdk.Aws.REGION,
        partition=cdk.Aws.PARTITION,
        subnets=tuple(Subnet(id=subnet) for subnet in room.subnets),
        security_group=room.group,
        vpc_cidr=str(config.network.vpc_cidr),
        storage_key=room.key,
        artefact_bucket=room.artefacts.bucket_name,
        permissions_boundary="",
        important_bucket=room.data.important.bucket_name,
        data_storage_group=room.network.data_storage_sg.security_group_id,
        storage_subnet=room.storage_subnets[0],
        tags=room_tags(config),
        retain=config.stage is Stage.PRODUCTION,
    )
