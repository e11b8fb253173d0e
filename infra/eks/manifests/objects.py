"""The form of a Kubernetes object, and what all of ours have in common."""

from typing import Any

Object = dict[str, Any]

MANAGED_BY = {"app.kubernetes.io/managed-by": "iryo"}
NAME = "app.kubernetes.io/name"
DATA_CLASS = "iryo.io/data-class"


def made(
    api_version: str,
    kind: str,
    name: str,
    *,
    namespace: str | None = None,
    labels: dict[str, str] | None = None,
    annotations: dict[str, str] | None = None,
    **body: Any,
) -> Object:
    """Return an object; `body` is what stands beside its metadata."""
    metadata: Object = {"name": name, "labels": {**MANAGED_BY, **(labels or {})}}
    if namespace:
        metadata["namespace"] = namespace
    if annotations:
        metadata["annotations"] = annotations
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **body}


def title(one: Object) -> str:
    """Return what an object is called: kind, namespace and name."""
    metadata = one.get("metadata") or {}
    place = f"{metadata['namespace']}/" if metadata.get("namespace") else ""
    return f"{one.get('kind', '?')}/{place}{metadata.get('name', '?')}"


def pod_spec(one: Object) -> tuple[str, Object] | None:
    """Return where an object keeps the specification of its pods, and that; None without pods."""
    path = {
        "Pod": ("spec",),
        "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
    }.get(str(one.get("kind")), ("spec", "template", "spec"))
    if one.get("kind") not in (
        *("Pod", "CronJob", "Job", "Deployment", "DaemonSet", "StatefulSet", "ReplicaSet"),
        "Rollout",
    ):
        return None
    found: Any = one
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return (".".join(path), found) if isinstance(found, dict) else None
