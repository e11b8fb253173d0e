"""A ParallelCluster: the gate before it, the vendor's resource, the fleet behind it."""

from typing import Any

import aws_cdk as cdk
from constructs import Construct

from hpc.quota import needs
from hpc.room.control import Control
from hpc.room.proof import prove
from hpc.room.provider import Provider
from hpc.room.room import Room
from hpc.surroundings import Surroundings
from infra.config import Stage
from infra.config.hpc import Cluster


class ParallelCluster(Construct):
    """`fingerprint` names the configuration that was judged, which is the one deployed.

    In production the cluster outlives its stack.
    """

    fingerprint: str
    resource: cdk.CfnResource

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        cluster: Cluster,
        surroundings: Surroundings,
        provider: Provider,
        control: Control,
    ) -> None:
        super().__init__(scope, construct_id)
        proven = prove(cdk.Stack.of(self), room.config, cluster, surroundings)
        self.fingerprint = proven.fingerprint
        shared: dict[str, Any] = {
            "ClusterName": cluster.name,
            "Fingerprint": proven.fingerprint,
            "DrainMinutes": room.hpc.drain_minutes,
        }
        reservations = [queue.reservation for queue in cluster.queues if queue.reservation]
        gate = control.custom(
            "Gate",
            "Custom::ClusterGate",
            {
                **shared,
                "Configuration": proven.configuration,
                "StandIns": proven.stand_ins,
                "JudgedRegion": proven.region,
                "Quotas": {need.name: need.at_most for need in needs(cluster)},
                "Reservations": list(dict.fromkeys(reservations)),
                "EbsKeyArn": room.key,
            },
            scope=self,
        )
        retain = room.config.stage is Stage.PRODUCTION
        self.resource = cdk.CfnResource(
            self,
            "Cluster",
            type="Custom::PclusterCluster",
            properties={
                "ServiceToken": provider.service_token,
                "ClusterName": cluster.name,
                "ClusterConfiguration": proven.configuration,
                "DeletionPolicy": "Retain" if retain else "Delete",
            },
        )
        self.resource.apply_removal_policy(
            cdk.RemovalPolicy.RETAIN if retain else cdk.RemovalPolicy.DESTROY
        )
        provider.before(self.resource)
        self.resource.add_resource_dependency(gate)
        fleet = control.custom("Fleet", "Custom::ClusterFleet", shared, scope=self)
        fleet.add_resource_dependency(self.resource)
        self.gate = gate
        control.resume_after_rollback(cluster.name, f"{construct_id}RolledBack")
