"""Kubernetes objects in the manifests that CDK applies to a cluster."""

from collections.abc import Iterator
from typing import Any

from compliance.reading.checks import expect, look, objects, present
from compliance.reading.documents import parsed
from compliance.resources import Resource
from compliance.rule import Context, Problem

MANIFEST = "Custom::AWSCDK-EKS-KubernetesResource"
TYPES = (MANIFEST, "Custom::KubernetesObjects")
Object = dict[str, Any]
# Where each kind keeps the specification of its pods.
_PODS = {
    "Pod": "spec",
    "CronJob": "spec.jobTemplate.spec.template.spec",
    **dict.fromkeys(
        ("Deployment", "DaemonSet", "StatefulSet", "ReplicaSet", "Job"), "spec.template.spec"
    ),
}


def manifests(resource: Resource) -> Iterator[Object]:
    """Yield the objects of a manifest; those of a list one by one.

    Raises IndeterminateError when the text is known only when it is deployed.
    """
    document = parsed(resource.get("Manifest", default=[]), "Manifest")
    for one in document if isinstance(document, list) else [document]:
        yield from one.get("items", ()) if one.get("kind") == "List" else (one,)


def title(one: Object) -> str:
    """Return what an object is called: its kind and name."""
    return f"{one.get('kind')}/{look(one, 'metadata.name', '?')}"


def pods(resource: Resource) -> Iterator[tuple[str, Object]]:
    """Yield the pod specifications of a manifest with the object that holds each."""
    for one in manifests(resource):
        path = _PODS.get(str(one.get("kind")))
        if path and (spec := look(one, path)):
            yield title(one), spec


def containers(spec: Object) -> Iterator[tuple[str, Object]]:
    """Yield the containers of a pod with their names, those that run before it included."""
    for key in ("initContainers", "containers", "ephemeralContainers"):
        for container in objects(spec, key):
            yield str(container.get("name", "?")), container


def holds(kind: str, *more: str) -> Any:
    """Return a question whether a manifest holds objects of some kinds."""

    def applies(resource: Resource, _: Context) -> bool:
        return any(one.get("kind") in (kind, *more) for one in manifests(resource))

    return applies


def pod_problems(spec: Object, place: str) -> Iterator[Problem]:
    """Yield what the Pod Security Standard "restricted" refuses, and a writable root.

    https://kubernetes.io/docs/concepts/security/pod-security-standards/
    """
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        yield from expect(spec, key, None, False, place=place)
    for volume in objects(spec, "volumes"):
        if "hostPath" in volume:
            where = f"{place}.{volume.get('name')}"
            yield Problem(f"{where} is a folder of the node (hostPath)", finding=where)
    for name, container in containers(spec):
        where = f"{place}.{name}"
        inherited = look(spec, "securityContext", {})
        context = {**inherited, **look(container, "securityContext", {})}
        yield from expect(context, "privileged", None, False, place=where)
        yield from expect(context, "allowPrivilegeEscalation", False, place=where)
        yield from expect(context, "runAsNonRoot", True, place=where)
        yield from expect(context, "readOnlyRootFilesystem", True, place=where)
        yield from expect(
            context, "seccompProfile.type", "RuntimeDefault", "Localhost", place=where
        )
        if "ALL" not in look(context, "capabilities.drop", []):
            yield Problem(f"{where} keeps Linux capabilities", finding=f"{where}.capabilities")
        added = set(look(context, "capabilities.add", [])) - {"NET_BIND_SERVICE"}
        if added:
            yield Problem(
                f"{where} adds {', '.join(sorted(added))}", finding=f"{where}.capabilities.add"
            )
        for limit in ("cpu", "memory"):
            yield from present(container, f"resources.limits.{limit}", place=where)
