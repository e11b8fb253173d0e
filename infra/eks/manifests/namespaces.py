"""The namespaces of requirements 2.3.2, each closed until something in it opens a way."""

from collections.abc import Iterator
from dataclasses import dataclass

from infra.config.eks_checks import CLASSES
from infra.eks.manifests.objects import DATA_CLASS, Object, made

NETWORKING = "networking.k8s.io/v1"
DNS = [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")]


@dataclass(frozen=True, kw_only=True)
class Quota:
    """What all pods of a namespace may ask for together, and one container gets unasked."""

    cpu: int
    memory_gi: int
    pods: int
    gpus: int = 0
    largest_cpu: int = 8
    largest_memory_gi: int = 32


QUOTAS = {
    "production": Quota(cpu=64, memory_gi=256, pods=200),
    "staging": Quota(cpu=16, memory_gi=64, pods=100),
    "ml-inference": Quota(cpu=64, memory_gi=256, pods=100, gpus=8, largest_cpu=16),
    "hpc": Quota(cpu=256, memory_gi=1024, pods=200, gpus=16, largest_cpu=64, largest_memory_gi=256),
}


def namespaces(version: str) -> Iterator[Object]:
    """Yield the namespaces and what keeps them apart, for a Kubernetes version such as 1.36."""
    for name, quota in QUOTAS.items():
        yield _namespace(name, version)
        yield _deny(name)
        yield _resolve(name)
        yield _quota(name, quota)
        yield _limits(name, quota)


def _namespace(name: str, version: str) -> Object:
    standard = {
        f"pod-security.kubernetes.io/{mode}{suffix}": value
        for mode in ("enforce", "audit", "warn")
        for suffix, value in (("", "restricted"), ("-version", f"v{version}"))
    }
    return made("v1", "Namespace", name, labels={**standard, DATA_CLASS: CLASSES[name].value})


def _deny(namespace: str) -> Object:
    """Refuse every connection of every pod that no other policy allows."""
    return made(
        NETWORKING,
        "NetworkPolicy",
        "default-deny",
        namespace=namespace,
        spec={"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
    )


def _resolve(namespace: str) -> Object:
    """Let pods ask the cluster's DNS."""
    dns = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
    }
    return made(
        NETWORKING,
        "NetworkPolicy",
        "resolve-names",
        namespace=namespace,
        spec={
            "podSelector": {},
            "policyTypes": ["Egress"],
            "egress": [{"to": [dns], "ports": DNS}],
        },
    )


def _quota(namespace: str, quota: Quota) -> Object:
    return made(
        "v1",
        "ResourceQuota",
        "quota",
        namespace=namespace,
        spec={
            "hard": {
                "limits.cpu": str(quota.cpu),
                "limits.memory": f"{quota.memory_gi}Gi",
                "requests.cpu": str(quota.cpu),
                "requests.memory": f"{quota.memory_gi}Gi",
                "requests.nvidia.com/gpu": str(quota.gpus),
                "pods": str(quota.pods),
                # A load balancer or a port of every node would lead around the edge.
                "services.loadbalancers": "0",
                "services.nodeports": "0",
            }
        },
    )


def _limits(namespace: str, quota: Quota) -> Object:
    container = {
        "type": "Container",
        "default": {"cpu": "500m", "memory": "512Mi", "ephemeral-storage": "1Gi"},
        "defaultRequest": {"cpu": "100m", "memory": "256Mi", "ephemeral-storage": "100Mi"},
        "max": {"cpu": str(quota.largest_cpu), "memory": f"{quota.largest_memory_gi}Gi"},
    }
    return made("v1", "LimitRange", "limits", namespace=namespace, spec={"limits": [container]})
