"""Who may do what inside the cluster: Kubernetes groups, which access entries give to people.

No role names a secret, and none may write roles: rights change in this file only.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from infra.config.eks_checks import NAMESPACES
from infra.eks.manifests.objects import Object, made

RBAC = "rbac.authorization.k8s.io/v1"
LOOK = ("get", "list", "watch")
CHANGE = (*LOOK, "create", "update", "patch", "delete")
_CORE = ("configmaps", "events", "pods", "pods/log", "services", "serviceaccounts")


@dataclass(frozen=True)
class Right:
    """Verbs on resources of an API group ("" is the core)."""

    group: str
    resources: tuple[str, ...]
    verbs: tuple[str, ...]

    def rule(self) -> Object:
        """Return the rule of a role."""
        return {
            "apiGroups": [self.group],
            "resources": list(self.resources),
            "verbs": list(self.verbs),
        }


WORKLOADS = ("deployments", "statefulsets", "daemonsets", "replicasets")
SEE = (
    Right("", (*_CORE, "limitranges", "persistentvolumeclaims", "resourcequotas"), LOOK),
    Right("apps", WORKLOADS, LOOK),
    Right("argoproj.io", ("analysisruns", "analysistemplates", "rollouts"), LOOK),
    Right("autoscaling", ("horizontalpodautoscalers",), LOOK),
    Right("batch", ("cronjobs", "jobs"), LOOK),
    Right("metrics.k8s.io", ("pods",), LOOK),
    Right("networking.k8s.io", ("networkpolicies",), LOOK),
    Right("policy", ("poddisruptionbudgets",), LOOK),
    Right("rbac.authorization.k8s.io", ("rolebindings", "roles"), LOOK),
)
RESTART = (
    Right("", ("pods",), ("delete",)),
    Right("", ("pods/eviction",), ("create",)),
    Right("apps", ("deployments", "statefulsets"), ("patch",)),
    Right("apps", ("deployments/scale", "statefulsets/scale"), ("patch", "update")),
)
DEPLOY = (
    Right("", ("configmaps", "services"), CHANGE),
    Right("apps", ("deployments", "statefulsets"), CHANGE),
    Right("autoscaling", ("horizontalpodautoscalers",), CHANGE),
    Right("batch", ("cronjobs", "jobs"), CHANGE),
    Right("policy", ("poddisruptionbudgets",), CHANGE),
)
RELEASE = (Right("argoproj.io", ("rollouts", "rollouts/status"), ("patch", "update")),)
JOBS = (
    Right("", ("configmaps", "persistentvolumeclaims"), CHANGE),
    Right("", ("pods",), ("delete",)),
    Right("batch", ("cronjobs", "jobs"), CHANGE),
)
NODES = (
    Right("", ("namespaces", "nodes", "persistentvolumes"), LOOK),
    Right("metrics.k8s.io", ("nodes",), LOOK),
    Right("storage.k8s.io", ("storageclasses",), LOOK),
)

GRANTS: dict[str, dict[str, tuple[Right, ...]]] = {
    "operators": dict.fromkeys(NAMESPACES, (*SEE, *RESTART)),
    "developers": {"production": SEE, "staging": (*SEE, *DEPLOY)},
    "ml_engineers": {"ml-inference": (*SEE, *DEPLOY, *RELEASE)},
    "hpc_users": {"hpc": (*SEE, *JOBS)},
    "auditors": dict.fromkeys(NAMESPACES, SEE),
}
"""By the keys of [eks.access]: what a group may do in each namespace."""
SEE_CLUSTER = ("operators", "auditors")


def group_of(people: str) -> str:
    """Return the Kubernetes group of people, by their key in [eks.access]."""
    return f"iryo:{people.replace('_', '-')}"


def rbac() -> Iterator[Object]:
    """Yield roles and their bindings to groups."""
    for people, grants in GRANTS.items():
        name = people.replace("_", "-")
        for namespace, rights in grants.items():
            yield made(
                RBAC, "Role", name, namespace=namespace, rules=[right.rule() for right in rights]
            )
            yield made(
                RBAC,
                "RoleBinding",
                name,
                namespace=namespace,
                roleRef=_role("Role", name),
                subjects=[_group(people)],
            )
    yield made(RBAC, "ClusterRole", "iryo-nodes", rules=[right.rule() for right in NODES])
    yield made(
        RBAC,
        "ClusterRoleBinding",
        "iryo-nodes",
        roleRef=_role("ClusterRole", "iryo-nodes"),
        subjects=[_group(people) for people in SEE_CLUSTER],
    )


def _role(kind: str, name: str) -> Object:
    return {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name}


def _group(people: str) -> Object:
    return {
        "apiGroup": "rbac.authorization.k8s.io",
        "kind": "Group",
        "name": group_of(people),
    }
