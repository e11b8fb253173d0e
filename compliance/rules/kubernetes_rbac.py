"""Roles inside a cluster name what they grant, and nobody is bound to the superuser role."""

from collections.abc import Iterator

from compliance.reading import kubernetes
from compliance.reading.checks import look, objects
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

ESCALATING = ("bind", "escalate", "impersonate")
# Whoever reaches the API server; every user there is; those whom no role limits.
EVERYBODY = ("system:anonymous", "system:unauthenticated", "system:authenticated", "system:masters")


def _check(manifest: Resource, _: Context) -> Iterator[Problem]:
    for one in kubernetes.manifests(manifest):
        where = kubernetes.title(one)
        for rule in objects(one, "rules"):
            for key in ("apiGroups", "resources", "verbs", "nonResourceURLs"):
                if "*" in look(rule, key, []):
                    yield Problem(f"{where} grants * of {key}", finding=f"{where}.{key}")
            for verb in sorted(set(look(rule, "verbs", [])) & set(ESCALATING)):
                yield Problem(f"{where} grants {verb}", finding=f"{where}.{verb}")
        if look(one, "roleRef.name") == "cluster-admin":
            yield Problem(f"{where} binds to cluster-admin", finding=where)
        for subject in objects(one, "subjects"):
            if (name := look(subject, "name")) in EVERYBODY:
                yield Problem(f"{where} is for {name}", finding=f"{where}.{name}")


RULE = Rule(
    id="IRYO-KUBERNETES-RBAC",
    title=Text(
        "Kubernetes roles grant named verbs on named resources",
        "Kubernetes のロールが指定した操作と対象だけを許す",
    ),
    remedy=Text(
        "List verbs and resources; bind to a role of your own.",
        "操作と対象を列挙し、自前のロールに結び付ける。",
    ),
    topic=Topic.ACCESS_CONTROL,
    types=kubernetes.TYPES,
    check=_check,
    applies=kubernetes.holds("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"),
)
