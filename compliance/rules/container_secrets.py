"""Containers of ECS and Batch get secrets from Secrets Manager, not from their environment."""

from collections.abc import Iterator

from compliance.reading import containers, secrets
from compliance.reading.checks import look, objects
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(definition: Resource, _: Context) -> Iterator[Problem]:
    for name, container in containers.containers(definition):
        for variable in objects(container, "Environment"):
            key = str(look(variable, "Name"))
            if secrets.is_secret(key, look(variable, "Value")):
                where = f"{name}.{key}"
                yield Problem(f"{where} looks like a secret in plain text", finding=where)


RULE = Rule(
    id="IRYO-CONTAINER-SECRETS",
    title=Text(
        "No secret stands in the environment of a container",
        "コンテナの環境変数に秘密が書かれていない",
    ),
    remedy=Text(
        "Use secrets (ValueFrom) instead of environment.",
        "environment でなく secrets（ValueFrom）を使う。",
    ),
    topic=Topic.SECRETS,
    types=containers.TYPES,
    check=_check,
    applies=containers.runs_containers,
)
