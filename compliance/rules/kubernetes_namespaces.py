"""Namespaces enforce a Pod Security Standard, whatever is put into them later."""

from collections.abc import Iterator

from compliance.reading import kubernetes
from compliance.reading.checks import look
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

LABEL = "pod-security.kubernetes.io/enforce"


def _check(manifest: Resource, _: Context) -> Iterator[Problem]:
    for one in kubernetes.manifests(manifest):
        if one.get("kind") == "Namespace":
            given = look(one, "metadata.labels", {}).get(LABEL)
            if given not in ("restricted", "baseline"):
                where = kubernetes.title(one)
                yield Problem(f"{where} enforces {given or 'nothing'}", finding=where)


RULE = Rule(
    id="IRYO-KUBERNETES-NAMESPACES",
    title=Text(
        "Namespaces enforce the Pod Security Standard restricted or baseline",
        "名前空間が Pod セキュリティ標準（restricted か baseline）を強制する",
    ),
    remedy=Text(
        "Label the namespace pod-security.kubernetes.io/enforce=restricted.",
        "名前空間に pod-security.kubernetes.io/enforce=restricted のラベルを付ける。",
    ),
    topic=Topic.ACCESS_CONTROL,
    types=kubernetes.TYPES,
    check=_check,
    applies=kubernetes.holds("Namespace"),
)
