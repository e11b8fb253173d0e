"""Nodes of clusters hand out credentials to the administrator only, and with a token."""

from collections.abc import Iterator

from compliance.reading import clusters
from compliance.reading.checks import expect
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(cluster: Resource, _: Context) -> Iterator[Problem]:
    config = clusters.configuration(cluster)
    yield from expect(config, "Imds.ImdsSupport", "v2.0")
    yield from expect(config, "HeadNode.Imds.Secured", True, default=True)


RULE = Rule(
    id="IRYO-PCLUSTER-METADATA",
    title=Text(
        "Cluster nodes answer metadata requests with a token, and to administrators only",
        "クラスターのノードがトークン付きで、管理者にだけメタデータを渡す",
    ),
    remedy=Text(
        "Set Imds.ImdsSupport v2.0, leave HeadNode.Imds.Secured on.",
        "Imds.ImdsSupport を v2.0 とし、HeadNode.Imds.Secured は有効のままにする。",
    ),
    topic=Topic.ACCESS_CONTROL,
    types=(clusters.CLUSTER,),
    check=_check,
)
