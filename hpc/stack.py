"""The HPC room: clusters that were proven before they are paid for, and containers beside them."""

from collections.abc import Mapping
from dataclasses import dataclass

import aws_cdk as cdk
from constructs import Construct

from hpc.costs import Prices
from hpc.placeholders import ASSUMED_REGION
from hpc.room.alerts import Alerts
from hpc.room.batch import Batch
from hpc.room.budget import Budget
from hpc.room.clusters import Clusters
from hpc.room.control import Control
from hpc.room.proof import judge
from hpc.room.room import Room
from hpc.room.transfers import Transfers
from hpc.room.watch import Watch
from hpc.room.watched import Watched, with_head_nodes
from hpc.tags import ROOM
from infra.config import DataClass, EnvironmentConfig
from infra.config.hpc import Engine
from infra.data.stack import DataOutputs
from infra.network.stack import NetworkOutputs
from infra.security.stack import SecurityOutputs

NODE_STARTERS = ("autoscaling.amazonaws.com", "ec2fleet.amazonaws.com", "spot.amazonaws.com")
"""Services that start instances for ParallelCluster and Batch as themselves."""


@dataclass(frozen=True, kw_only=True)
class HpcOutputs:
    """What people and the rehearsal see of the room. ARNs are empty where there is nothing."""

    artefact_bucket: str
    fingerprints: Mapping[str, str]
    """SHA-256 of each cluster's judged configuration, by cluster."""
    alarms_topic: str


class HpcStack(cdk.NestedStack):
    """Wires the room; what is made is in the environment file under [hpc].

    Raises DescriptionError for a description that cannot be deployed, NotJudgedError when the
    vendor's validators are not there.
    """

    outputs: HpcOutputs

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
        judge(config)
        assert data.hpc_artefacts and network.hpc_sg  # noqa: S101 (made when the room is on)
        room = Room(
            config=config,
            security=security,
            network=network,
            data=data,
            artefacts=data.hpc_artefacts,
            group=network.hpc_sg.security_group_id,
        )
        cdk.Tags.of(self).add("data-class", DataClass.IMPORTANT, priority=1)
        cdk.Tags.of(self).add(ROOM, room.prefix)
        alerts = Alerts(self, "Alerts", room=room)
        control = Control(self, "Control", room=room, failures=alerts.failures)
        before = self._encryption(room, control)
        clusters = Clusters(self, "Clusters", room=room, control=control, before=before)
        batch = (
            Batch(
                self,
                "Batch",
                room=room,
                batch=config.hpc.batch,
                grants=before[-1],
                failures=alerts.failures,
            )
            if config.hpc.batch
            else None
        )
        if config.hpc.transfers:
            Transfers(self, "Transfers", room=room)
        if config.hpc.budget:
            Budget(
                self,
                "Budget",
                room=room,
                budget=config.hpc.budget,
                alerts=alerts,
                control=control,
            )
        watched = Watched(
            clusters=with_head_nodes(config.hpc),
            region=config.account.region or ASSUMED_REGION,
            prices=Prices(),
            batch_queues=batch.queues if batch else (),
            batch_limited=batch.limited if batch else (),
            pcs_limited=clusters.pcs_limited,
        )
        Watch(self, "Watch", room=room, watched=watched, alerts=alerts, control=control)
        self.outputs = HpcOutputs(
            artefact_bucket=room.artefacts.bucket_name,
            fingerprints=clusters.fingerprints,
            alarms_topic=alerts.alarms,
        )

    def _encryption(self, room: Room, control: Control) -> list[cdk.CfnResource]:
        """Have new volumes encrypted with our key, which the roles that start nodes may use."""
        made: list[cdk.CfnResource] = []
        if room.hpc.ebs_encryption == "manage":
            on_delete = "reset" if room.config.data.removal == "destroy" else "keep"
            properties = {"ClusterName": room.prefix, "KeyArn": room.key, "OnDelete": on_delete}
            made.append(control.custom("EbsEncryption", "Custom::EbsEncryption", properties))
        managed = any(cluster.engine is Engine.PCS for cluster in room.hpc.clusters)
        starters = [*NODE_STARTERS, *(["pcs.amazonaws.com"] if managed else [])]
        made.append(control.key_grants("NodeGrants", starters))
        return made
