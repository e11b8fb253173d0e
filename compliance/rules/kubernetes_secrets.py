"""Manifests hold no secret, neither as an object nor in the environment of a container."""

from collections.abc import Iterator

from compliance.reading import kubernetes, secrets
from compliance.reading.checks import objects
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(manifest: Resource, _: Context) -> Iterator[Problem]:
    for one in kubernetes.manifests(manifest):
        if one.get("kind") == "Secret" and (one.get("data") or one.get("stringData")):
            where = kubernetes.title(one)
            yield Problem(f"{where} holds its values in the template", finding=where)
    for place, spec in kubernetes.pods(manifest):
        for name, container in kubernetes.containers(spec):
            for variable in objects(container, "env"):
                key = str(variable.get("name"))
                if secrets.is_secret(key, variable.get("value")):
                    where = f"{place}.{name}.{key}"
                    yield Problem(f"{where} looks like a secret in plain text", finding=where)


RULE = Rule(
    id="IRYO-KUBERNETES-SECRETS",
    title=Text(
        "Manifests hold no secret in plain text",
        "マニフェストに平文の秘密がない",
    ),
    remedy=Text(
        "Read secrets from Secrets Manager at run time (CSI driver, or the SDK).",
        "秘密は実行時に Secrets Manager から読む（CSI ドライバーか SDK）。",
    ),
    topic=Topic.SECRETS,
    types=kubernetes.TYPES,
    check=_check,
)
