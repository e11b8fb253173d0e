"""Who may enter the cluster: access entries, which give people groups that RBAC limits."""

import aws_cdk as cdk
from aws_cdk import aws_eks as eks
from constructs import Construct

from compliance.waivers import waive
from infra.config.eks import AccessConfig
from infra.eks import waivers
from infra.eks.manifests.rbac import GRANTS, group_of
from infra.eks.room import Room

POLICIES = "arn:{partition}:eks::aws:cluster-access-policy/{name}"
GLOBAL = "us-east-1"


class People(Construct):
    """An entry a role of Identity Center that [eks.access] names."""

    def __init__(
        self, scope: Construct, construct_id: str, *, room: Room, cluster: eks.CfnCluster
    ) -> None:
        super().__init__(scope, construct_id)
        access = room.config.eks.access
        for people in GRANTS:
            for role in getattr(access, people):
                entry = eks.CfnAccessEntry(
                    self,
                    role.replace("_", "-"),
                    cluster_name=cluster.ref,
                    principal_arn=role_arn(access, role),
                    kubernetes_groups=[group_of(people)],
                    type="STANDARD",
                )
                waive(entry, waivers.person(room.config))


def role_arn(access: AccessConfig, role: str) -> str:
    """Return the ARN of a role of Identity Center; its path names the Region, unless us-east-1.

    https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
    """
    region = "" if access.region in (None, GLOBAL) else f"{access.region}/"
    path = f"aws-reserved/sso.amazonaws.com/{region}{role}"
    return f"arn:{cdk.Aws.PARTITION}:iam::{cdk.Aws.ACCOUNT_ID}:role/{path}"


def deployer(
    scope: Construct, construct_id: str, *, room: Room, cluster: eks.CfnCluster, role_arn: str
) -> eks.CfnAccessEntry:
    """Admit the function that deploys: it writes roles, so nothing less is enough."""
    entry = _entry(scope, construct_id, cluster, role_arn, "AmazonEKSClusterAdminPolicy")
    waive(entry, waivers.deployer(room.config))
    return entry


def auto_nodes(
    scope: Construct, construct_id: str, *, cluster: eks.CfnCluster, role_arn: str
) -> eks.CfnAccessEntry:
    """Admit the nodes that Auto Mode adds with a class of ours."""
    return _entry(scope, construct_id, cluster, role_arn, "AmazonEKSAutoNodePolicy", kind="EC2")


def _entry(
    scope: Construct,
    construct_id: str,
    cluster: eks.CfnCluster,
    role: str,
    policy: str,
    *,
    kind: str = "STANDARD",
) -> eks.CfnAccessEntry:
    Entry = eks.CfnAccessEntry  # noqa: N806 (a class)
    return Entry(
        scope,
        construct_id,
        cluster_name=cluster.ref,
        principal_arn=role,
        type=kind,
        access_policies=[
            Entry.AccessPolicyProperty(
                policy_arn=POLICIES.format(partition=cdk.Aws.PARTITION, name=policy),
                access_scope=Entry.AccessScopeProperty(type="cluster"),
            )
        ],
    )
