"""Services and ingresses in manifests get load balancers inside our network only."""

from collections.abc import Iterator

from compliance.reading import kubernetes
from compliance.reading.checks import look
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

SCHEMES = {
    "Service": "service.beta.kubernetes.io/aws-load-balancer-scheme",
    "Ingress": "alb.ingress.kubernetes.io/scheme",
}


def _check(manifest: Resource, _: Context) -> Iterator[Problem]:
    for one in kubernetes.manifests(manifest):
        kind, where = str(one.get("kind")), kubernetes.title(one)
        balanced = kind == "Ingress" or look(one, "spec.type") == "LoadBalancer"
        if kind not in SCHEMES:
            continue
        if kind == "Service" and look(one, "spec.type") == "NodePort":
            yield Problem(f"{where} opens a port of every node", finding=where)
        annotations = look(one, "metadata.annotations", {})
        if balanced and annotations.get(SCHEMES[kind]) != "internal":
            yield Problem(f"{where} is not annotated as internal", finding=where)


RULE = Rule(
    id="IRYO-KUBERNETES-EXPOSURE",
    title=Text(
        "Kubernetes services and ingresses are internal",
        "Kubernetes の Service と Ingress が内部向けである",
    ),
    remedy=Text(
        "Annotate the scheme as internal; node ports are not needed.",
        "scheme の注釈を internal にする。NodePort は使わない。",
    ),
    topic=Topic.NETWORK_EXPOSURE,
    types=kubernetes.TYPES,
    check=_check,
    applies=kubernetes.holds("Service", "Ingress"),
)
