"""Configurations of clusters hold no secret."""

from collections.abc import Iterator

from compliance.reading import clusters, secrets
from compliance.reading.walk import leaves
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(cluster: Resource, _: Context) -> Iterator[Problem]:
    for path, value in leaves(clusters.configuration(cluster)):
        if path and secrets.is_secret(path[-1], value):
            where = ".".join(path)
            yield Problem(f"{where} looks like a secret in plain text", finding=where)


RULE = Rule(
    id="IRYO-PCLUSTER-SECRETS",
    title=Text(
        "Cluster configurations hold no secret",
        "クラスターの設定に秘密がない",
    ),
    remedy=Text(
        "Give the ARN of a secret.",
        "シークレットの ARN を指定する。",
    ),
    topic=Topic.SECRETS,
    types=(clusters.CLUSTER,),
    check=_check,
)
