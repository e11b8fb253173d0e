"""Namespaces whose pods run on Fargate: a virtual machine a pod, no nodes to patch."""

import aws_cdk as cdk
from aws_cdk import aws_eks as eks
from constructs import Construct

from infra.ecs.room import arn
from infra.eks.roles import EksRole, service_trust
from infra.eks.room import Room
from infra.eks.security_groups import AMONG_NODES, DNS, HTTPS, ClusterGroups


class Fargate(Construct):
    """A profile of namespaces; their pods wear the cluster's own security group."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        cluster: eks.CfnCluster,
        groups: ClusterGroups,
    ) -> None:
        super().__init__(scope, construct_id)
        role = EksRole(
            self,
            "Role",
            description=f"Pulls images for pods of {room.cluster} on Fargate",
            # https://docs.aws.amazon.com/eks/latest/userguide/pod-execution-role.html
            trust=service_trust(
                "eks-fargate-pods.amazonaws.com",
                conditions={
                    "ArnLike": {"aws:SourceArn": arn("eks", f"fargateprofile/{room.cluster}/*")},
                    "StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID},
                },
            ),
            aws_policies=["AmazonEKSFargatePodExecutionRolePolicy"],
        )
        eks.CfnFargateProfile(
            self,
            "Profile",
            cluster_name=cluster.ref,
            pod_execution_role_arn=role.arn,
            subnets=room.subnets,
            selectors=[
                eks.CfnFargateProfile.SelectorProperty(namespace=namespace)
                for namespace in room.config.eks.fargate
            ],
        )
        own = cluster.attr_cluster_security_group_id
        endpoints = room.network.endpoints_sg.security_group_id
        groups.admit("FargateToDns", own, groups.nodes, DNS)
        groups.admit("FargateToEndpoints", own, endpoints, [HTTPS])
        groups.permit("NodesToFargate", groups.nodes, own, AMONG_NODES[2:])
