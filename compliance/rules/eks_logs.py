"""Clusters write every log of their control plane."""

from collections.abc import Iterator

from compliance.reading import eks
from compliance.reading.checks import look, objects
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

WANTED = ("api", "audit", "authenticator", "controllerManager", "scheduler")


def _enabled(cluster: Resource) -> set[str]:
    logging = look(eks.settings(cluster), "Logging.ClusterLogging", {})
    if isinstance(logging, dict):
        return {str(look(one, "Type")) for one in objects(logging, "EnabledTypes")}
    # The custom resource lists groups of types that are on or off together.
    groups = [group for group in logging if look(group, "Enabled") is True]
    return {str(kind) for group in groups for kind in look(group, "Types", [])}


def _check(cluster: Resource, _: Context) -> Iterator[Problem]:
    for kind in sorted(set(WANTED) - _enabled(cluster)):
        yield Problem(f"the {kind} log is off", finding=kind)


RULE = Rule(
    id="IRYO-EKS-LOGS",
    title=Text(
        "All five control-plane logs of a cluster are written",
        "クラスターのコントロールプレーンの 5 種のログがすべて残る",
    ),
    remedy=Text(
        "Set cluster_logging to all ClusterLoggingTypes.",
        "cluster_logging にすべての ClusterLoggingTypes を設定する。",
    ),
    topic=Topic.AUDIT_LOGGING,
    types=eks.TYPES,
    check=_check,
)
