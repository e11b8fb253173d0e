"""Who talks to whom: control plane, nodes and the function that deploys."""

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from infra.eks.room import Room
from infra.network.security_groups import NOTHING

Ports = tuple[str, int, int]
HTTPS: Ports = ("tcp", 443, 443)
# https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html: kubelet, and the webhooks
# and extension servers that add-ons open above 1024 (metrics-server 10251, admission 9443 ...).
TO_NODES: tuple[Ports, ...] = (HTTPS, ("tcp", 1025, 65535))
DNS: tuple[Ports, ...] = (("tcp", 53, 53), ("udp", 53, 53))
AMONG_NODES: tuple[Ports, ...] = (*DNS, HTTPS, ("tcp", 1025, 65535))


class ClusterGroups(Construct):
    """The control plane's group and the nodes' own; nodes also wear the application group.

    EKS makes a third group, the cluster's own, which only pods on Fargate and the collector of
    metrics wear besides the control plane.
    """

    control_plane: str
    nodes: str

    def __init__(self, scope: Construct, construct_id: str, *, room: Room) -> None:
        super().__init__(scope, construct_id)
        self._vpc = room.network.vpc.vpc_id
        application = room.network.application_sg.security_group_id
        self.control_plane = self._group("ControlPlane", "Addresses of the API server in the VPC")
        self.nodes = self._group("Nodes", "Nodes of Kubernetes and their pods, among themselves")
        self.permit("NodesToApi", self.nodes, self.control_plane, [HTTPS])
        self.permit("ApiToNodes", self.control_plane, self.nodes, TO_NODES)
        self.permit("AmongNodes", self.nodes, self.nodes, AMONG_NODES)
        self.permit("DeploymentToApi", application, self.control_plane, [HTTPS])

    def permit(self, name: str, source: str, target: str, ports: Sequence[Ports]) -> None:
        """Let a group open connections to ports of another."""
        for protocol, first, last in ports:
            span = f"{name}{protocol.capitalize()}{first}"
            ec2.CfnSecurityGroupEgress(
                self,
                f"{span}Out",
                group_id=source,
                destination_security_group_id=target,
                ip_protocol=protocol,
                from_port=first,
                to_port=last,
            )
            ec2.CfnSecurityGroupIngress(
                self,
                f"{span}In",
                group_id=target,
                source_security_group_id=source,
                ip_protocol=protocol,
                from_port=first,
                to_port=last,
            )

    def admit(self, name: str, source: str, target: str, ports: Sequence[Ports]) -> None:
        """Let a group in whose own rules are not ours: what EKS makes lets everything out."""
        for protocol, first, last in ports:
            ec2.CfnSecurityGroupIngress(
                self,
                f"{name}{protocol.capitalize()}{first}In",
                group_id=target,
                source_security_group_id=source,
                ip_protocol=protocol,
                from_port=first,
                to_port=last,
            )

    def _group(self, name: str, description: str) -> str:
        group = ec2.CfnSecurityGroup(
            self,
            name,
            vpc_id=self._vpc,
            group_description=description,
            security_group_egress=[NOTHING],
        )
        return group.attr_group_id
