"""Jobs of Batch on EKS meet the Pod Security Standard "restricted" and have a read-only root."""

from collections.abc import Iterator
from typing import Any

from compliance.reading.checks import expect, look, objects
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _pods(job: Resource) -> Iterator[tuple[str, dict[str, Any]]]:
    path = "EksProperties.PodProperties"
    if pod := look(job, path):
        yield "", pod
    for index, nodes in enumerate(objects(job, "NodeProperties.NodeRangeProperties")):
        if pod := look(nodes, path):
            yield f"Nodes{index}.", pod


def _has_pods(job: Resource, _: Context) -> bool:
    return any(_pods(job))


def _check(job: Resource, _: Context) -> Iterator[Problem]:
    for place, pod in _pods(job):
        yield from expect(pod, "HostNetwork", False, default=True, place=place.rstrip("."))
        for key in ("InitContainers", "Containers"):
            for index, container in enumerate(objects(pod, key)):
                name = f"{place}{look(container, 'Name', index)}"
                at = "SecurityContext"
                yield from expect(container, f"{at}.Privileged", None, False, place=name)
                for wanted in ("RunAsNonRoot", "ReadOnlyRootFilesystem"):
                    yield from expect(container, f"{at}.{wanted}", True, place=name)
                yield from expect(container, f"{at}.AllowPrivilegeEscalation", False, place=name)


RULE = Rule(
    id="IRYO-BATCH-PODS",
    title=Text(
        "Batch jobs on EKS run restricted",
        "EKS 上の Batch ジョブが制限付きで動く",
    ),
    remedy=Text(
        "Set the security context of the containers: no privilege, no root, read-only root.",
        "コンテナのセキュリティコンテキストを設定する（特権なし、root でない、ルートは読み取"
        "り専用）。",
    ),
    topic=Topic.ACCESS_CONTROL,
    types=("AWS::Batch::JobDefinition",),
    check=_check,
    applies=_has_pods,
)
