"""The platform's own rules for manifests, beyond what Kubernetes checks.

A person who writes a manifest gets key and sentence here, a reviewer the gate's verdict. Each
rule yields sentences that begin with the key.
"""

import re
from collections.abc import Callable, Iterator

from infra.config.classes import DataClass
from infra.config.eks_checks import CLASSES, NAMESPACES
from infra.eks.manifests.objects import DATA_CLASS, Object, pod_spec
from infra.eks.manifests.pod_security import containers

FIXED = re.compile(r".+(@sha256:[0-9a-f]{64}|:v?\d+(\.\d+)*([-_.][A-Za-z0-9_.-]+)?)$")
PROBED = ("Deployment", "StatefulSet", "DaemonSet", "Rollout")
WILD = ("apiGroups", "resources", "verbs", "nonResourceURLs")
ESCALATING = ("bind", "escalate", "impersonate")


def rule_problems(one: Object) -> Iterator[str]:
    """Yield a sentence for each rule that an object breaks, beginning with the key."""
    for rule in RULES:
        yield from rule(one)


def namespace(one: Object) -> Iterator[str]:
    """Objects lie in a namespace of the platform: default and the like are closed to nobody."""
    given = (one.get("metadata") or {}).get("namespace")
    if given is not None and given not in NAMESPACES:
        yield f"metadata.namespace: {given} is not known; allowed are {', '.join(NAMESPACES)}"


def data_class(one: Object) -> Iterator[str]:
    """Ask which class a workload may see, and whether its namespace may see it too."""
    found = pod_spec(one)
    space = (one.get("metadata") or {}).get("namespace")
    if found is None or space not in CLASSES:
        return
    key = f"metadata.labels.{DATA_CLASS}"
    given = ((one.get("metadata") or {}).get("labels") or {}).get(DATA_CLASS)
    if given not in list(DataClass):
        yield f"{key}: {given or 'missing'}; allowed are {', '.join(DataClass)}"
    elif not CLASSES[space].may_see(DataClass(given)):
        yield (
            f"{key}: {given} may not be seen in namespace {space}; "
            f"up to {CLASSES[space]} is allowed there"
        )


def images(one: Object) -> Iterator[str]:
    """Images have a digest or a version: the same name is the same image tomorrow."""
    for key, container in _containers(one):
        image = str(container.get("image"))
        if not FIXED.fullmatch(image):
            yield f"{key}.image: {image} is a floating tag; a version or a digest is allowed"


def resources(one: Object) -> Iterator[str]:
    """Containers say what they need and at most get, so that none starves its neighbours."""
    for key, container in _containers(one):
        given = container.get("resources") or {}
        for bound in ("requests", "limits"):
            for name in ("cpu", "memory"):
                if name not in (given.get(bound) or {}):
                    yield f"{key}.resources.{bound}.{name}: required key is missing"


def read_only(one: Object) -> Iterator[str]:
    """Keep the root file system of containers read-only."""
    for key, container in _containers(one):
        if (container.get("securityContext") or {}).get("readOnlyRootFilesystem") is not True:
            yield f"{key}.securityContext.readOnlyRootFilesystem: true is required"


def probes(one: Object) -> Iterator[str]:
    """Let what runs for ever say when it is ready."""
    if one.get("kind") in PROBED:
        for key, container in _containers(one):
            if ".containers[" in key and not container.get("readinessProbe"):
                yield f"{key}.readinessProbe: required key is missing"


def ports(one: Object) -> Iterator[str]:
    """Containers of a pod listen on different ports: they share one address."""
    taken: dict[tuple[int, str], str] = {}
    for key, container in _containers(one):
        for index, port in enumerate(container.get("ports") or ()):
            number = (port.get("containerPort"), port.get("protocol", "TCP"))
            where = f"{key}.ports[{index}].containerPort"
            if number in taken:
                yield f"{where}: {number[0]} overlaps {taken[number]}"
            taken.setdefault(number, where)


def token(one: Object) -> Iterator[str]:
    """Pods do not carry a token of the API server unless they say what for."""
    found = pod_spec(one)
    if found and found[1].get("automountServiceAccountToken") is not False:
        yield f"{found[0]}.automountServiceAccountToken: false is required"


def secrets(one: Object) -> Iterator[str]:
    """No manifest holds the value of a secret."""
    if one.get("kind") == "Secret":
        for key in ("data", "stringData"):
            if one.get(key):
                yield f"{key}: a secret's value may not stand in a manifest; use Secrets Manager"


def exposure(one: Object) -> Iterator[str]:
    """Services are reached inside the cluster; the edge is the only way in."""
    spec = one.get("spec") or {}
    if one.get("kind") == "Service" and spec.get("type") in ("LoadBalancer", "NodePort"):
        yield f"spec.type: {spec['type']} leads around the edge; ClusterIP is allowed"
    if one.get("kind") == "Ingress":
        yield "kind: an Ingress leads around the edge; a Service is allowed"


def rights(one: Object) -> Iterator[str]:
    """Roles name what they grant, and grant no secrets and no way to more rights."""
    for index, rule in enumerate(one.get("rules") or ()):
        if one.get("kind") not in ("Role", "ClusterRole"):
            return
        for key in WILD:
            if "*" in (rule.get(key) or ()):
                yield f"rules[{index}].{key}: * is not allowed; name them"
        if "" in (rule.get("apiGroups") or ()) and "secrets" in (rule.get("resources") or ()):
            yield f"rules[{index}].resources: secrets may not be granted"
        for verb in sorted(set(rule.get("verbs") or ()) & set(ESCALATING)):
            yield f"rules[{index}].verbs: {verb} leads to more rights"
    if (one.get("roleRef") or {}).get("name") == "cluster-admin":
        yield "roleRef.name: cluster-admin may not be bound"


def _containers(one: Object) -> Iterator[tuple[str, Object]]:
    found = pod_spec(one)
    if found:
        for key, container in containers(found[1]):
            yield f"{found[0]}.{key}", container


RULES: tuple[Callable[[Object], Iterator[str]], ...] = (
    *(namespace, data_class, images, resources, read_only, probes, ports, token, secrets),
    *(exposure, rights),
)
