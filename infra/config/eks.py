"""What an environment file says about the EKS room. Costs of each key: docs/eks.md."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from infra.config.base import Model

Instance = Annotated[str, Field(pattern=r"^[a-z0-9-]+\.[a-z0-9-]+$")]
AddonVersion = Annotated[str, Field(pattern=r"^v\d+\.\d+\.\d+-eksbuild\.\d+$")]
SsoRole = Annotated[str, Field(pattern=r"^AWSReservedSSO_[A-Za-z0-9_+=,.@-]{1,32}_[0-9a-f]{16}$")]
Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
ChartVersion = Annotated[str, Field(pattern=r"^v?\d+\.\d+\.\d+([-+][A-Za-z0-9.-]+)?$")]
Namespace = Literal["production", "staging", "ml-inference", "hpc"]
PublicKey = Annotated[str, Field(pattern=r"^-----BEGIN PUBLIC KEY-----\n")]


class NodeSystem(StrEnum):
    """The operating system of nodes."""

    BOTTLEROCKET = "bottlerocket"
    """Read-only root, no shell, no package manager."""
    AL2023 = "al2023"


class Autoscaling(StrEnum):
    """Who adds nodes when pods do not fit (ADR 0009)."""

    NONE = "none"
    """Nobody: the managed node group has the size that is configured."""
    AUTO_MODE = "auto_mode"
    """EKS Auto Mode: nodes come and go with the pods, for 12 percent of their price."""


class Identity(StrEnum):
    """How a pod gets the credentials of its role."""

    POD_IDENTITY = "pod_identity"
    IRSA = "irsa"
    """A role for the service account, by the cluster's OpenID Connect provider."""


class NodesConfig(Model):
    """The managed node group, which runs add-ons and services."""

    system: NodeSystem = NodeSystem.BOTTLEROCKET
    instances: Annotated[tuple[Instance, ...], Field(min_length=1)] = ("m7g.large",)
    """Instance types of one architecture: those of Graviton need images for arm64."""
    min: Annotated[int, Field(ge=1, le=450)] = 2
    max: Annotated[int, Field(ge=1, le=450)] = 4
    disk_gb: Annotated[int, Field(ge=20, le=16_384)] = 50


class GpuConfig(Model):
    """A second node group with NVIDIA GPUs, for the namespaces ml-inference and hpc."""

    enabled: bool = False
    instances: Annotated[tuple[Instance, ...], Field(min_length=1)] = ("g6.xlarge",)
    min: Annotated[int, Field(ge=0, le=450)] = 0
    max: Annotated[int, Field(ge=1, le=450)] = 2
    disk_gb: Annotated[int, Field(ge=50, le=16_384)] = 100


class AddonsConfig(Model):
    """Versions of add-ons, for Kubernetes 1.36; "off" leaves out what may be left out.

    `aws eks describe-addon-versions --kubernetes-version 1.36` lists what fits.
    """

    vpc_cni: AddonVersion = "v1.22.4-eksbuild.3"
    coredns: AddonVersion = "v1.14.3-eksbuild.23"
    kube_proxy: AddonVersion = "v1.36.0-eksbuild.25"
    eks_pod_identity_agent: AddonVersion = "v1.3.10-eksbuild.3"
    metrics_server: AddonVersion | Literal["off"] = "v0.9.0-eksbuild.11"
    aws_ebs_csi_driver: AddonVersion | Literal["off"] = "v1.66.0-eksbuild.1"
    aws_fsx_csi_driver: AddonVersion | Literal["off"] = "off"
    amazon_cloudwatch_observability: AddonVersion | Literal["off"] = "v6.7.0-eksbuild.1"
    aws_secrets_store_csi_driver_provider: AddonVersion | Literal["off"] = "v2.1.1-eksbuild.1"
    """Secrets of services need it."""
    cert_manager: AddonVersion | Literal["off"] = "off"
    adot: AddonVersion | Literal["off"] = "off"
    """Needs cert_manager."""


class AccessConfig(Model):
    """People, by the roles that IAM Identity Center made in this account for permission sets.

    `aws iam list-roles --path-prefix /aws-reserved/sso.amazonaws.com/` lists them.
    """

    region: Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")] | None = None
    """Region of Identity Center; needed as soon as a role is named."""
    operators: tuple[SsoRole, ...] = ()
    """See everything but secrets and restart workloads, in every namespace."""
    developers: tuple[SsoRole, ...] = ()
    """Change workloads in staging, look on in production."""
    ml_engineers: tuple[SsoRole, ...] = ()
    """Change workloads and releases in ml-inference."""
    hpc_users: tuple[SsoRole, ...] = ()
    """Run jobs in hpc."""
    auditors: tuple[SsoRole, ...] = ()
    """Look at everything but secrets."""


class ChartConfig(Model):
    """A Helm chart, pinned twice."""

    version: ChartVersion
    digest: Digest
    """SHA-256 of the chart's archive; the deployment stops when another arrives."""


class ChartsConfig(Model):
    """Helm charts of other projects; absent: not installed."""

    mirror: bool = False
    """Take them from <project>-<name>/charts/ of this account's ECR instead of their makers;
    needed without NAT. `iryo eks charts` prints how they get there."""
    argo_rollouts: ChartConfig | None = None
    """Canaries with analysis; services with deployment = "canary" need it."""
    kyverno: ChartConfig | None = None
    """Checks signatures of images; eks.signing_key needs it."""
    vault: ChartConfig | None = None
    """HashiCorp Vault: three servers, raft, unsealed by KMS, audited."""


class EksConfig(Model):
    """The EKS room, used when rooms.eks is on."""

    version: Annotated[str, Field(pattern=r"^1\.\d{2}$")] = "1.36"
    """A Kubernetes version in EKS's standard support; upgrade one minor version at a time."""
    nodes: NodesConfig = NodesConfig()
    gpu: GpuConfig = GpuConfig()
    fargate: tuple[Namespace, ...] = ()
    """Namespaces whose pods run on Fargate: no daemon sets, no secrets driver, no GPU."""
    autoscaling: Autoscaling = Autoscaling.AUTO_MODE
    identity: Identity = Identity.POD_IDENTITY
    """Pods on Fargate always have irsa, which is all that it knows."""
    addons: AddonsConfig = AddonsConfig()
    access: AccessConfig = AccessConfig()
    charts: ChartsConfig = ChartsConfig()
    prometheus: bool = False
    """Amazon Managed Service for Prometheus and its collector, paid by sample and hour; a canary
    is analysed with it."""
    signing_key: PublicKey | None = None
    """Public key (PEM) with which cosign verifies images; unsigned ones are then not admitted."""
