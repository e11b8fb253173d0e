"""Helm charts of other projects: where each comes from, and the values that make it ours."""

from dataclasses import dataclass
from typing import Any

from infra.config.eks import ChartConfig
from infra.eks.manifests.objects import Object, made

Values = dict[str, Any]
_POD = {
    "runAsNonRoot": True,
    "runAsUser": 10_001,
    "runAsGroup": 10_001,
    "fsGroup": 10_001,
    "seccompProfile": {"type": "RuntimeDefault"},
}
_CONTAINER = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}


@dataclass(frozen=True)
class Chart:
    """A chart: repository, name, and the service account that gets a role, if any."""

    repository: str
    name: str
    account: str | None = None

    @property
    def namespace(self) -> str:
        """Return the namespace, which nothing else is in."""
        return self.name


CHARTS: dict[str, Chart] = {
    "argo_rollouts": Chart("oci://ghcr.io/argoproj/argo-helm", "argo-rollouts", "argo-rollouts"),
    "kyverno": Chart("oci://ghcr.io/kyverno/charts", "kyverno", "kyverno-admission-controller"),
    "vault": Chart("https://helm.releases.hashicorp.com", "vault", "vault"),
}
"""By the keys of [eks.charts]."""
NAMESPACES = tuple(chart.namespace for chart in CHARTS.values())


def namespace(chart: Chart, version: str) -> Object:
    """Return a chart's namespace, which enforces the same standard as ours."""
    return made(
        "v1",
        "Namespace",
        chart.namespace,
        labels={
            "pod-security.kubernetes.io/enforce": "restricted",
            "pod-security.kubernetes.io/enforce-version": f"v{version}",
        },
    )


def source(key: str, *, mirror: str | None) -> str:
    """Return the repository of a chart: its maker's, or the mirror's (oci://...)."""
    return mirror or CHARTS[key].repository


def mirroring(key: str, chart: ChartConfig, *, registry: str, prefix: str) -> list[str]:
    """Return the commands that copy a chart into our registry, its digest checked on the way."""
    known = CHARTS[key]
    archive = f"{known.name}-{chart.version.removeprefix('v')}.tgz"
    pull = (
        f"helm pull {known.repository}/{known.name}"
        if known.repository.startswith("oci://")
        else f"helm pull {known.name} --repo {known.repository}"
    )
    return [
        f"{pull} --version {chart.version}",
        f"echo '{chart.digest.removeprefix('sha256:')}  {archive}' | sha256sum --check",
        f"helm push {archive} oci://{registry}/{prefix}/charts",
    ]


def values(key: str, *, region: str, unseal_key: str = "") -> Values:
    """Return the values of a chart. `unseal_key`: the KMS key that Vault unseals itself with."""
    if key == "vault":
        return _vault(region, unseal_key)
    return {"argo_rollouts": _rollouts, "kyverno": _kyverno}[key]()


def _rollouts() -> Values:
    """https://github.com/argoproj/argo-helm/tree/main/charts/argo-rollouts."""
    return {
        "dashboard": {"enabled": False},
        "controller": {"replicas": 2, "metrics": {"enabled": True}},
        "podSecurityContext": _POD,
        "containerSecurityContext": _CONTAINER,
        "serviceAccount": {"create": True, "name": "argo-rollouts"},
    }


def _kyverno() -> Values:
    """https://github.com/kyverno/kyverno/tree/main/charts/kyverno."""
    return {
        "admissionController": {"replicas": 3},
        "backgroundController": {"replicas": 1},
        "cleanupController": {"enabled": False},
        "reportsController": {"replicas": 1},
        "features": {"policyExceptions": {"enabled": False}},
    }


def _vault(region: str, unseal_key: str) -> Values:
    """https://developer.hashicorp.com/vault/docs/platform/k8s/helm/configuration.

    Three servers on raft, each with an encrypted volume for data and one for the audit log.
    `vault audit enable file` and `vault operator init` are done once, by two people: docs/eks.md.
    """
    configuration = f"""\
ui = false
disable_mlock = true
listener "tcp" {{
  address = "[::]:8200"
  cluster_address = "[::]:8201"
  tls_cert_file = "/vault/userconfig/vault-tls/tls.crt"
  tls_key_file = "/vault/userconfig/vault-tls/tls.key"
  tls_min_version = "tls13"
}}
storage "raft" {{
  path = "/vault/data"
}}
seal "awskms" {{
  region = "{region}"
  kms_key_id = "{unseal_key}"
}}
service_registration "kubernetes" {{}}
"""
    volume = {"enabled": True, "size": "10Gi", "storageClass": "encrypted"}
    return {
        "global": {"tlsDisable": False},
        "injector": {"enabled": False},
        "ui": {"enabled": False},
        "server": {
            "serviceAccount": {"create": True, "name": "vault"},
            "dataStorage": volume,
            "auditStorage": volume,
            "ha": {
                "enabled": True,
                "replicas": 3,
                "raft": {"enabled": True, "setNodeId": True, "config": configuration},
                "disruptionBudget": {"maxUnavailable": 1},
            },
            "volumes": [{"name": "vault-tls", "secret": {"secretName": "vault-tls"}}],
            "volumeMounts": [
                {
                    "name": "vault-tls",
                    "mountPath": "/vault/userconfig/vault-tls",
                    "readOnly": True,
                }
            ],
            "statefulSet": {
                "securityContext": {
                    "pod": _POD,
                    "container": {
                        "allowPrivilegeEscalation": False,
                        "capabilities": {"drop": ["ALL"]},
                    },
                }
            },
            "resources": {
                "requests": {"cpu": "250m", "memory": "256Mi"},
                "limits": {"cpu": "1", "memory": "512Mi"},
            },
        },
    }
