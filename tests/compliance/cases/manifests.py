"""Kubernetes objects inside the manifests of a cluster."""

import json
from typing import Any

from tests.compliance.cases.base import MISSING, UNKNOWN, Cases, Given, one, put
from tests.compliance.platform import arn

SAFE: dict[str, Any] = {
    "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
    "containers": [
        {
            "name": "app",
            "image": "registry/app:1.2",
            "resources": {"limits": {"cpu": "1", "memory": "1Gi"}},
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]},
            },
            "env": [{"name": "MODE", "value": "fast"}, {"name": "TOKEN", "valueFrom": {}}],
        }
    ],
}
APP = "Deployment/web.app"
CONTAINER = "containers.0.securityContext"


def manifest(*objects: dict[str, Any]) -> Given:
    return one("Custom::AWSCDK-EKS-KubernetesResource", Manifest=json.dumps(list(objects)))


def joined(*objects: dict[str, Any]) -> Given:
    """A manifest as CDK writes it when a value of another resource is in it."""
    before, after = json.dumps(list(objects)).split("REFERENCE")
    return one(
        "Custom::AWSCDK-EKS-KubernetesResource",
        Manifest={"Fn::Join": ["", [before, arn("Key"), after]]},
    )


def thing(kind: str, name: str = "web", **members: Any) -> dict[str, Any]:
    metadata = {"name": name, **members.pop("metadata", {})}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, **members}


def deployment(spec: dict[str, Any] = SAFE) -> dict[str, Any]:
    return thing("Deployment", spec={"template": {"spec": spec}})


def deployed(path: str, value: Any) -> Given:
    return manifest(deployment(put(SAFE, path, value)))


def annotated(kind: str, key: str, value: str, **spec: Any) -> dict[str, Any]:
    return thing(kind, metadata={"annotations": {key: value}}, spec=spec)


SERVICE = "service.beta.kubernetes.io/aws-load-balancer-scheme"
INGRESS = "alb.ingress.kubernetes.io/scheme"
CONFIG_MAP = thing("ConfigMap", data={"a": "b"})
RULE = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}
INDETERMINATE = one("Custom::AWSCDK-EKS-KubernetesResource", Manifest=UNKNOWN)
ANONYMOUS = "system:anonymous"

CASES: dict[str, Cases] = {
    "IRYO-KUBERNETES-PODS": Cases(
        good=[
            manifest(deployment()),
            manifest(
                thing("List", items=[deployment()]),
                thing("Pod", spec=SAFE),
                thing(
                    "CronJob",
                    spec={"jobTemplate": {"spec": {"template": {"spec": SAFE}}}},
                ),
            ),
            joined(deployment(put(SAFE, "containers.0.image", "REFERENCE:1"))),
        ],
        bad=[
            (deployed("hostNetwork", True), {"Deployment/web.hostNetwork"}),
            (deployed("hostPID", True), {"Deployment/web.hostPID"}),
            (
                deployed("volumes", [{"name": "host", "hostPath": {"path": "/"}}]),
                {"Deployment/web.host"},
            ),
            (deployed(f"{CONTAINER}.privileged", True), {f"{APP}.privileged"}),
            (
                deployed(f"{CONTAINER}.allowPrivilegeEscalation", MISSING),
                {f"{APP}.allowPrivilegeEscalation"},
            ),
            (deployed(f"{CONTAINER}.runAsNonRoot", False), {f"{APP}.runAsNonRoot"}),
            (
                deployed(f"{CONTAINER}.readOnlyRootFilesystem", MISSING),
                {f"{APP}.readOnlyRootFilesystem"},
            ),
            (deployed("securityContext.seccompProfile", MISSING), {f"{APP}.seccompProfile.type"}),
            (deployed(f"{CONTAINER}.capabilities.drop", []), {f"{APP}.capabilities"}),
            (
                deployed(f"{CONTAINER}.capabilities.add", ["SYS_ADMIN"]),
                {f"{APP}.capabilities.add"},
            ),
            (
                deployed("containers.0.resources", MISSING),
                {f"{APP}.resources.limits.cpu", f"{APP}.resources.limits.memory"},
            ),
            (
                manifest(thing("List", items=[deployment(put(SAFE, "hostIPC", True))])),
                {"Deployment/web.hostIPC"},
            ),
        ],
        other=[manifest(CONFIG_MAP)],
        unknown=[INDETERMINATE],
    ),
    "IRYO-KUBERNETES-IMAGES": Cases(
        good=[
            manifest(deployment()),
            deployed("containers.0.image", "registry/app@sha256:0123"),
            joined(deployment(put(SAFE, "containers.0.image", "REFERENCE:1.2"))),
        ],
        bad=[
            (deployed("containers.0.image", "registry:5000/app"), {APP}),
            (deployed("containers.0.image", "registry/app:latest"), {APP}),
            (joined(deployment(put(SAFE, "containers.0.image", "REFERENCE"))), {APP}),
        ],
        other=[manifest(CONFIG_MAP)],
        unknown=[INDETERMINATE],
    ),
    "IRYO-KUBERNETES-SECRETS": Cases(
        good=[manifest(deployment()), manifest(thing("Secret"))],
        bad=[
            (manifest(thing("Secret", data={"password": "aHVudGVyMg=="})), {"Secret/web"}),
            (
                deployed("containers.0.env", [{"name": "DB_PASSWORD", "value": "hunter2"}]),
                {f"{APP}.DB_PASSWORD"},
            ),
        ],
        unknown=[INDETERMINATE],
    ),
    "IRYO-KUBERNETES-RBAC": Cases(
        good=[
            manifest(thing("Role", rules=[RULE])),
            manifest(
                thing(
                    "RoleBinding",
                    roleRef={"kind": "Role", "name": "readers"},
                    subjects=[{"kind": "Group", "name": "iryo:readers"}],
                )
            ),
        ],
        bad=[
            (
                manifest(thing("ClusterRole", rules=[{**RULE, "verbs": ["*"]}])),
                {"ClusterRole/web.verbs"},
            ),
            (
                manifest(thing("Role", rules=[{**RULE, "verbs": ["escalate"]}])),
                {"Role/web.escalate"},
            ),
            (
                manifest(thing("ClusterRoleBinding", roleRef={"name": "cluster-admin"})),
                {"ClusterRoleBinding/web"},
            ),
            *(
                (
                    manifest(thing("RoleBinding", subjects=[{"kind": "Group", "name": name}])),
                    {f"RoleBinding/web.{name}"},
                )
                for name in ("system:unauthenticated", "system:authenticated", "system:masters")
            ),
            (
                manifest(thing("RoleBinding", subjects=[{"kind": "User", "name": ANONYMOUS}])),
                {f"RoleBinding/web.{ANONYMOUS}"},
            ),
        ],
        other=[manifest(CONFIG_MAP)],
        unknown=[INDETERMINATE],
    ),
    "IRYO-KUBERNETES-EXPOSURE": Cases(
        good=[
            manifest(thing("Service", spec={"type": "ClusterIP"})),
            manifest(annotated("Service", SERVICE, "internal", type="LoadBalancer"), CONFIG_MAP),
            manifest(annotated("Ingress", INGRESS, "internal")),
        ],
        bad=[
            (manifest(thing("Service", spec={"type": "LoadBalancer"})), {"Service/web"}),
            (manifest(thing("Service", spec={"type": "NodePort"})), {"Service/web"}),
            (manifest(annotated("Ingress", INGRESS, "internet-facing")), {"Ingress/web"}),
        ],
        other=[manifest(CONFIG_MAP)],
        unknown=[INDETERMINATE],
    ),
    "IRYO-KUBERNETES-NAMESPACES": Cases(
        good=[
            manifest(
                thing(
                    "Namespace",
                    metadata={"labels": {"pod-security.kubernetes.io/enforce": "restricted"}},
                )
            )
        ],
        bad=[(manifest(thing("Namespace")), {"Namespace/web"})],
        other=[manifest(CONFIG_MAP)],
        unknown=[INDETERMINATE],
    ),
}
