"""Clusters and their nodes run a Kubernetes version in standard support."""

from collections.abc import Iterator
from datetime import date

from compliance.kubernetes_versions import END_OF_SUPPORT
from compliance.reading import eks
from compliance.reading.checks import look
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(cluster: Resource, _: Context) -> Iterator[Problem]:
    if cluster.type == "AWS::EKS::Nodegroup":
        version = cluster.get("Version")
        # Without a version, nodes get that of their cluster.
        if version is None:
            return
    else:
        version = look(eks.settings(cluster), "Version")
    end = END_OF_SUPPORT.get(str(version))
    if end is None:
        yield Problem(f"Version {version} is not one in standard support")
    elif end < date.today():
        yield Problem(f"standard support of version {version} ended on {end}")


RULE = Rule(
    id="IRYO-EKS-VERSION",
    title=Text(
        "Clusters run a Kubernetes version in standard support",
        "クラスターが標準サポート中の Kubernetes バージョンで動く",
    ),
    remedy=Text(
        "Choose a newer version (one minor version at a time), then that of the nodes.",
        "新しいバージョンを選び（一つずつ上げる）、続いてノードも上げる。",
    ),
    topic=Topic.PATCHING,
    types=(*eks.TYPES, "AWS::EKS::Nodegroup"),
    check=_check,
)
