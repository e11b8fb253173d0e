"""A cluster of AWS PCS: the resources of `hpc.pcs_config` with their references made real."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from hpc.pcs_config import pcs_resources
from hpc.room.node_policies import NodePolicies
from hpc.room.resource import resource
from hpc.room.role import Role
from hpc.room.room import Room
from hpc.room.statements import allow, arn, aws_policy
from hpc.surroundings import Surroundings
from infra.config import Stage
from infra.config.hpc import Capacity, Cluster

SESSION_MANAGER = "AmazonSSMManagedInstanceCore"


class PcsCluster(Construct):
    """Everything of one PCS cluster; `limited` are the node groups of Spot and GPUs."""

    limited: list[dict[str, Any]]

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        cluster: Cluster,
        surroundings: Surroundings,
        policies: NodePolicies,
        limited: frozenset[str],
    ) -> None:
        super().__init__(scope, construct_id)
        assert cluster.image  # noqa: S101 (checked with the environment file)
        role = Role(
            self,
            "Nodes",
            service="ec2",
            description=f"Nodes of PCS cluster {cluster.name}",
            # Its own id is not known yet; the account's clusters of PCS are.
            policies={
                "Register": [
                    allow(
                        "Register",
                        ["pcs:RegisterComputeNodeGroupInstance"],
                        arn("pcs", "cluster/*"),
                    )
                ]
            },
            aws_policies=[aws_policy(SESSION_MANAGER), policies.nodes],
            source_account=False,
        )
        profile = iam.CfnInstanceProfile(
            self,
            "Profile",
            # PCS takes profiles of this path or whose names begin with AWSPCS.
            path="/aws-pcs/",
            roles=[role.name],
        )
        plain = pcs_resources(
            cluster, surroundings, image=cluster.image, instance_profile=profile.attr_arn
        )
        self._made: dict[str, cdk.CfnResource] = {}
        for name, body in _ordered(plain):
            self._made[name] = resource(
                self, name, body["Type"], self._real(body["Properties"]), config=room.config
            )
        if room.config.stage is Stage.PRODUCTION:
            self._made["Cluster"].apply_removal_policy(cdk.RemovalPolicy.RETAIN)
        self.limited = [
            {
                "cluster": self._made["Cluster"].get_att("Id").to_string(),
                "group": self._group(queue.name).get_att("Id").to_string(),
                "least": queue.min_nodes,
                "most": queue.max_nodes,
            }
            for queue in cluster.queues
            if queue.name in limited and queue.capacity is not Capacity.CAPACITY_BLOCK
        ]

    def _group(self, queue: str) -> cdk.CfnResource:
        name = "".join(part.capitalize() for part in queue.split("-"))
        return self._made[f"{name}Nodes"]

    def _real(self, value: Any) -> Any:
        """Turn references by the pure module's names into those of made resources."""
        if isinstance(value, list):
            return [self._real(item) for item in value]
        if not isinstance(value, dict):
            return value
        if set(value) == {"Ref"} and value["Ref"] in self._made:
            return self._made[value["Ref"]].ref
        if set(value) == {"Fn::GetAtt"} and value["Fn::GetAtt"][0] in self._made:
            name, attribute = value["Fn::GetAtt"]
            return self._made[name].get_att(attribute).to_string()
        return {key: self._real(inner) for key, inner in value.items()}


def _ordered(plain: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return what refers to nothing first; PCS's resources refer to what comes before."""
    order = (
        *("AWS::PCS::Cluster", "AWS::EC2::PlacementGroup", "AWS::EC2::LaunchTemplate"),
        *("AWS::PCS::ComputeNodeGroup", "AWS::PCS::Queue"),
    )
    return sorted(plain.items(), key=lambda item: order.index(item[1]["Type"]))
