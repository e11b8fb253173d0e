"""The kinds of Kubernetes objects that are applied: where each is found in the API.

A kind that is missing here is refused before a deployment, so the list is also what the room knows.
"""

from typing import NamedTuple


class Kind(NamedTuple):
    """The plural in the path, and whether objects live in a namespace."""

    plural: str
    namespaced: bool = True


CLUSTER_WIDE = False
KINDS: dict[tuple[str, str], Kind] = {
    ("v1", "ConfigMap"): Kind("configmaps"),
    ("v1", "LimitRange"): Kind("limitranges"),
    ("v1", "Namespace"): Kind("namespaces", CLUSTER_WIDE),
    ("v1", "PersistentVolumeClaim"): Kind("persistentvolumeclaims"),
    ("v1", "Pod"): Kind("pods"),
    ("v1", "ResourceQuota"): Kind("resourcequotas"),
    ("v1", "Secret"): Kind("secrets"),
    ("v1", "Service"): Kind("services"),
    ("v1", "ServiceAccount"): Kind("serviceaccounts"),
    ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy"): Kind(
        "validatingadmissionpolicies", CLUSTER_WIDE
    ),
    ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding"): Kind(
        "validatingadmissionpolicybindings", CLUSTER_WIDE
    ),
    ("apps/v1", "DaemonSet"): Kind("daemonsets"),
    ("apps/v1", "Deployment"): Kind("deployments"),
    ("apps/v1", "StatefulSet"): Kind("statefulsets"),
    ("argoproj.io/v1alpha1", "AnalysisTemplate"): Kind("analysistemplates"),
    ("argoproj.io/v1alpha1", "Rollout"): Kind("rollouts"),
    ("autoscaling/v2", "HorizontalPodAutoscaler"): Kind("horizontalpodautoscalers"),
    ("batch/v1", "CronJob"): Kind("cronjobs"),
    ("batch/v1", "Job"): Kind("jobs"),
    ("eks.amazonaws.com/v1", "NodeClass"): Kind("nodeclasses", CLUSTER_WIDE),
    ("eks.amazonaws.com/v1", "TargetGroupBinding"): Kind("targetgroupbindings"),
    ("karpenter.sh/v1", "NodePool"): Kind("nodepools", CLUSTER_WIDE),
    ("kyverno.io/v1", "ClusterPolicy"): Kind("clusterpolicies", CLUSTER_WIDE),
    ("networking.k8s.io/v1", "Ingress"): Kind("ingresses"),
    ("networking.k8s.io/v1", "NetworkPolicy"): Kind("networkpolicies"),
    ("policy/v1", "PodDisruptionBudget"): Kind("poddisruptionbudgets"),
    ("rbac.authorization.k8s.io/v1", "ClusterRole"): Kind("clusterroles", CLUSTER_WIDE),
    ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"): Kind(
        "clusterrolebindings", CLUSTER_WIDE
    ),
    ("rbac.authorization.k8s.io/v1", "Role"): Kind("roles"),
    ("rbac.authorization.k8s.io/v1", "RoleBinding"): Kind("rolebindings"),
    ("secrets-store.csi.x-k8s.io/v1", "SecretProviderClass"): Kind("secretproviderclasses"),
    ("storage.k8s.io/v1", "StorageClass"): Kind("storageclasses", CLUSTER_WIDE),
}


def path_of(one: dict[str, object]) -> str:
    """Return the path of an object below the API server's address.

    Raises LookupError when its kind is not known or it has no name or namespace.
    """
    version, name = str(one.get("apiVersion")), str(one.get("kind"))
    kind = KINDS.get((version, name))
    if kind is None:
        raise LookupError(f"{version} {name} is not a kind that is known here")
    metadata = one.get("metadata")
    if not isinstance(metadata, dict) or not metadata.get("name"):
        raise LookupError(f"{name} without metadata.name")
    root = f"/api/{version}" if "/" not in version else f"/apis/{version}"
    if not kind.namespaced:
        return f"{root}/{kind.plural}/{metadata['name']}"
    if not metadata.get("namespace"):
        raise LookupError(f"{name}/{metadata['name']} without metadata.namespace")
    return f"{root}/namespaces/{metadata['namespace']}/{kind.plural}/{metadata['name']}"
