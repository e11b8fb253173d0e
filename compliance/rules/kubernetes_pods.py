"""Pods in manifests meet the Pod Security Standard "restricted" and have a read-only root."""

from collections.abc import Iterator

from compliance.reading import kubernetes
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _has_pods(manifest: Resource, _: Context) -> bool:
    return any(kubernetes.pods(manifest))


def _check(manifest: Resource, _: Context) -> Iterator[Problem]:
    for place, spec in kubernetes.pods(manifest):
        yield from kubernetes.pod_problems(spec, place)


RULE = Rule(
    id="IRYO-KUBERNETES-PODS",
    title=Text(
        "Pods run restricted: no privilege, no access to the node, read-only root",
        "Pod が制限付きで動く（特権なし、ノードへのアクセスなし、ルートは読み取り専用）",
    ),
    remedy=Text(
        "Set the securityContext of the pod and its containers, and resource limits.",
        "Pod とコンテナの securityContext、およびリソース上限を設定する。",
    ),
    topic=Topic.ACCESS_CONTROL,
    types=kubernetes.TYPES,
    check=_check,
    applies=_has_pods,
)
