"""Add-ons of EKS in pinned versions, each with the role that it needs and no more."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_eks as eks
from constructs import Construct, IDependable

from infra.config.eks import AddonsConfig
from infra.ecs.needs import Statement, allow
from infra.eks.roles import EksRole, pod_trust
from infra.eks.room import Room
from infra.ingestion.log_group import log_group

INSIGHTS = ("application", "dataplane", "host", "performance")
"""Log groups of Container Insights, made before the add-on makes them open and for ever."""


@dataclass(frozen=True, kw_only=True)
class Addon:
    """An add-on: its settings, and the service account whose pods get a role.

    `first`: nodes cannot join without it. `policies` are AWS's own.
    """

    account: str | None = None
    namespace: str = "kube-system"
    policies: Sequence[str] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    first: bool = False


ADDONS: dict[str, Addon] = {
    "vpc_cni": Addon(
        first=True,
        account="aws-node",
        policies=["AmazonEKS_CNI_Policy"],
        settings={"enableNetworkPolicy": "true"},
    ),
    "kube_proxy": Addon(first=True),
    "eks_pod_identity_agent": Addon(first=True),
    "coredns": Addon(settings={"autoScaling": {"enabled": True, "minReplicas": 2}}),
    "metrics_server": Addon(settings={"replicas": 2}),
    "aws_ebs_csi_driver": Addon(
        account="ebs-csi-controller-sa", policies=["service-role/AmazonEBSCSIDriverPolicy"]
    ),
    "aws_fsx_csi_driver": Addon(account="fsx-csi-controller-sa"),
    "amazon_cloudwatch_observability": Addon(
        account="cloudwatch-agent",
        namespace="amazon-cloudwatch",
        policies=["CloudWatchAgentServerPolicy"],
    ),
    "aws_secrets_store_csi_driver_provider": Addon(
        settings={
            "secrets-store-csi-driver": {
                "syncSecret": {"enabled": True},
                "enableSecretRotation": True,
                "rotationPollInterval": "1h",
            }
        }
    ),
    "cert_manager": Addon(),
    "adot": Addon(),
}
"""By the keys of [eks.addons]."""


class Addons(Construct):
    """`first` are those that nodes wait for; the others wait for nodes (`after`)."""

    def __init__(
        self, scope: Construct, construct_id: str, *, room: Room, cluster: eks.CfnCluster
    ) -> None:
        super().__init__(scope, construct_id)
        self._room, self._cluster = room, cluster
        self.first: list[IDependable] = []
        self.later: dict[str, eks.CfnAddon] = {}
        for key in AddonsConfig.model_fields:
            version = getattr(room.config.eks.addons, key)
            if version == "off":
                continue
            made = self._addon(key, version, ADDONS[key])
            if ADDONS[key].first:
                self.first.append(made)
            else:
                self.later[key] = made
        if "adot" in self.later:
            self.later["adot"].node.add_dependency(self.later["cert_manager"])

    def after(self, *nodes: IDependable) -> None:
        """Make what runs on nodes wait for them."""
        for addon in self.later.values():
            addon.node.add_dependency(*nodes)

    def _addon(self, key: str, version: str, addon: Addon) -> eks.CfnAddon:
        identity, waits = [], []
        if addon.account:
            role = EksRole(
                self,
                f"{key}_role".title().replace("_", ""),
                description=f"Add-on {key} of {self._room.cluster}",
                trust=pod_trust(
                    cluster=self._room.cluster, namespace=addon.namespace, account=addon.account
                ),
                aws_policies=addon.policies,
                statements=_statements(self._room).get(key, ()),
            )
            identity = [
                eks.CfnAddon.PodIdentityAssociationProperty(
                    role_arn=role.arn, service_account=addon.account
                )
            ]
            waits = [role.policy] if role.policy else []
        made = eks.CfnAddon(
            self,
            key.title().replace("_", ""),
            cluster_name=self._cluster.ref,
            addon_name=key.replace("_", "-"),
            addon_version=version,
            resolve_conflicts="OVERWRITE",
            pod_identity_associations=identity or None,
            configuration_values=json.dumps(addon.settings) if addon.settings else None,
        )
        if key == "amazon_cloudwatch_observability":
            waits += self._insights()
        if waits:
            made.node.add_dependency(*waits)
        return made

    def _insights(self) -> list[Any]:
        room = self._room
        return [
            log_group(
                self,
                f"{kind.capitalize()}Logs",
                config=room.config,
                key=room.security.log_key,
                name=f"/aws/containerinsights/{room.cluster}/{kind}",
            )
            for kind in INSIGHTS
        ]


def _statements(room: Room) -> dict[str, list[Statement]]:
    """Return what add-ons need beyond AWS's policies, by their keys."""
    through = {"StringEquals": {"kms:ViaService": f"ec2.{cdk.Aws.REGION}.amazonaws.com"}}
    grants = {**through, "Bool": {"kms:GrantIsForAWSResource": "true"}}
    here = f"arn:{cdk.Aws.PARTITION}:fsx:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}:file-system/*"
    tagged = {"StringEquals": {"aws:ResourceTag/project": room.config.tags.project}}
    return {
        "aws_ebs_csi_driver": [
            allow(
                "Volumes",
                ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext"],
                room.key.key_arn,
                conditions=through,
            ),
            allow("VolumeGrants", ["kms:CreateGrant"], room.key.key_arn, conditions=grants),
        ],
        # Mounts file systems of the platform; it makes and deletes none.
        "aws_fsx_csi_driver": [
            allow("FileSystems", ["fsx:DescribeFileSystems"], here, conditions=tagged)
        ],
    }
