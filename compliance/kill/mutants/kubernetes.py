"""Clusters of Kubernetes, and the objects in the text of their manifests."""

import json
from copy import deepcopy
from typing import Any

from compliance.kill.changes import Change, Step, adding, having, rewriting, without
from compliance.kill.mutant import Break

CLUSTER = "AWS::EKS::Cluster"
NODES = "AWS::EKS::Nodegroup"
ENTRY = "AWS::EKS::AccessEntry"
OBJECTS = "Custom::KubernetesObjects"
MANIFEST = "Manifest"
FIRST = '[{"apiVersion"'
"""How the text of a manifest begins."""
VPC = "ResourcesVpcConfig"
ACCESS = "AccessConfig"
LOGS = ("Logging", "ClusterLogging", "EnabledTypes")
KEY = ("EncryptionConfig", 0, "Provider", "KeyArn")
ENFORCED = '"pod-security.kubernetes.io/enforce":"restricted"'
VERBS = '"verbs":["get","list","watch"]'
NOBODY = "system:unauthenticated"
ADMINISTRATOR = {
    "PolicyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
    "AccessScope": {"Type": "cluster"},
}
POD: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "solver", "namespace": "hpc"},
    "spec": {
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [
            {
                "name": "solver",
                "image": "registry.example/solver:1.0.0",
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "readOnlyRootFilesystem": True,
                    "capabilities": {"drop": ["ALL"]},
                },
                "resources": {"limits": {"cpu": "1", "memory": "1Gi"}},
            }
        ],
    },
}
"""A pod as it should be, which mutants spoil."""
CONTAINER = ("spec", "containers", 0)
CONTEXT = (*CONTAINER, "securityContext")
SECRET = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "token"},
    "stringData": {"token": "written"},
}
SERVICE = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "viewer"},
    "spec": {"type": "LoadBalancer"},
}
INGRESS = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "Ingress",
    "metadata": {
        "name": "viewer",
        "annotations": {"alb.ingress.kubernetes.io/scheme": "internet-facing"},
    },
}
NODE_PORT = {**SERVICE, "spec": {"type": "NodePort"}}


def with_object(given: dict[str, Any]) -> Change:
    """Return a change that adds an object to the text of a manifest."""
    text = json.dumps(given, separators=(",", ":"))
    return rewriting(FIRST, f'[{text},{{"apiVersion"', MANIFEST)


def _spoilt(change: Change) -> dict[str, Any]:
    pod = deepcopy(POD)
    change(pod)
    return pod


def _pod(rule: str, name: str, change: Change, *, silent: bool = True) -> Break:
    return Break(
        rule=f"IRYO-KUBERNETES-{rule}",
        name=f"a pod {name}",
        type=OBJECTS,
        change=with_object(_spoilt(change)),
        silent=silent,
    )


def _text(rule: str, name: str, old: str, new: str) -> Break:
    return Break(
        rule=f"IRYO-KUBERNETES-{rule}",
        name=name,
        type=OBJECTS,
        change=rewriting(old, new, MANIFEST),
    )


def _cluster(rule: str, name: str, value: object, *path: Step) -> Break:
    return Break(rule=f"IRYO-EKS-{rule}", name=name, type=CLUSTER, change=having(value, *path))


BREAKS = (
    _cluster("ENDPOINT", "an API server on the Internet", True, VPC, "EndpointPublicAccess"),
    _cluster("ENDPOINT", "no API server in the network", False, VPC, "EndpointPrivateAccess"),
    Break(
        rule="IRYO-EKS-ENDPOINT",
        name="an API server where AWS puts it",
        type=CLUSTER,
        change=without(VPC, "EndpointPublicAccess"),
    ),
    _cluster(
        "ACCESS", "access as a map in the cluster", "CONFIG_MAP", ACCESS, "AuthenticationMode"
    ),
    Break(
        rule="IRYO-EKS-ACCESS",
        name="who made the cluster administers it",
        type=CLUSTER,
        change=without(ACCESS, "BootstrapClusterCreatorAdminPermissions"),
    ),
    Break(rule="IRYO-EKS-LOGS", name="no audit log", type=CLUSTER, change=without(*LOGS, 1)),
    Break(rule="IRYO-EKS-LOGS", name="no logs", type=CLUSTER, change=without("Logging")),
    Break(
        rule="IRYO-EKS-SECRETS",
        name="secrets without a key of ours",
        type=CLUSTER,
        change=without("EncryptionConfig"),
    ),
    _cluster("SECRETS", "secrets under AWS's key", "alias/aws/eks", *KEY),
    _cluster("SECRETS", "another thing encrypted", ["logs"], *KEY[:2], "Resources"),
    *(
        Break(
            rule="IRYO-EKS-VERSION",
            name=f"a version whose support has ended: {type_}",
            type=type_,
            change=having("1.27", "Version"),
        )
        for type_ in (CLUSTER, NODES)
    ),
    Break(
        rule="IRYO-EKS-NODES",
        name="disks and metadata as AWS likes",
        type=NODES,
        change=without("LaunchTemplate"),
    ),
    Break(
        rule="IRYO-EKS-NODES",
        name="SSH",
        type=NODES,
        change=having({"Ec2SshKey": "everyone"}, "RemoteAccess"),
    ),
    Break(
        rule="IRYO-EKS-ACCESS-ENTRY",
        name="the group of superusers",
        type=ENTRY,
        change=adding("system:masters", "KubernetesGroups"),
    ),
    Break(
        rule="IRYO-EKS-ACCESS-ENTRY",
        name="administers the whole cluster",
        type=ENTRY,
        change=adding(ADMINISTRATOR, "AccessPolicies"),
    ),
    _text("NAMESPACES", "a namespace that enforces nothing", ENFORCED, '"nothing":"restricted"'),
    _text(
        "NAMESPACES",
        "a namespace for the privileged",
        ENFORCED,
        ENFORCED.replace("restricted", "privileged"),
    ),
    _text("RBAC", "every verb", VERBS, '"verbs":["*"]'),
    _text("RBAC", "a verb that widens a role", VERBS, '"verbs":["get","escalate"]'),
    _text("RBAC", "everything of every kind", '"resources":["nodes"]', '"resources":["*"]'),
    _text(
        "RBAC",
        "bound to the role that may do everything",
        '"kind":"ClusterRole","name":"iryo-nodes"',
        '"kind":"ClusterRole","name":"cluster-admin"',
    ),
    _text("RBAC", "bound to whoever reaches it", '"name":"iryo:auditors"', f'"name":"{NOBODY}"'),
    Break(
        rule="IRYO-KUBERNETES-SECRETS",
        name="a secret in a manifest",
        type=OBJECTS,
        change=with_object(SECRET),
    ),
    _pod(
        "SECRETS",
        "with a password in its environment",
        adding({"name": "DATABASE_PASSWORD", "value": "written"}, *CONTAINER, "env"),
        silent=False,
    ),
    *(
        Break(
            rule="IRYO-KUBERNETES-EXPOSURE",
            name=f"{what} for the Internet",
            type=OBJECTS,
            change=with_object(exposing),
            silent=True,
        )
        for what, exposing in (
            *(("a balancer", SERVICE), ("a port of every node", NODE_PORT)),
            ("an ingress", INGRESS),
        )
    ),
    _pod(
        "IMAGES",
        "of the newest image",
        having("registry.example/solver:latest", *CONTAINER, "image"),
    ),
    _pod("IMAGES", "of whichever image", having("registry.example/solver", *CONTAINER, "image")),
    _pod("PODS", "in the network of its node", having(True, "spec", "hostNetwork")),
    _pod("PODS", "among the processes of its node", having(True, "spec", "hostPID")),
    _pod(
        "PODS",
        "with a folder of its node",
        adding({"name": "host", "hostPath": {"path": "/"}}, "spec", "volumes"),
    ),
    _pod("PODS", "that is privileged", having(True, *CONTEXT, "privileged")),
    _pod("PODS", "that may gain privileges", without(*CONTEXT, "allowPrivilegeEscalation")),
    _pod("PODS", "that may run as root", without("spec", "securityContext", "runAsNonRoot")),
    _pod("PODS", "that writes its root", having(False, *CONTEXT, "readOnlyRootFilesystem")),
    _pod("PODS", "with every system call", without("spec", "securityContext", "seccompProfile")),
    _pod("PODS", "with capabilities", having([], *CONTEXT, "capabilities", "drop")),
    _pod("PODS", "with a capability added", having(["NET_RAW"], *CONTEXT, "capabilities", "add")),
    _pod("PODS", "without limits", without(*CONTAINER, "resources")),
    _pod(
        "PODS",
        "with another container before it, about which nothing is said",
        adding(
            {"name": "first", "image": "registry.example/first:1.0.0"}, "spec", "initContainers"
        ),
    ),
)
