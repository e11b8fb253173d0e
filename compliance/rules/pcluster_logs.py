"""Clusters keep their logs, also after they are gone."""

from collections.abc import Iterator

from compliance.reading import clusters
from compliance.reading.checks import expect, look, present
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(cluster: Resource, _: Context) -> Iterator[Problem]:
    at = look(clusters.configuration(cluster), "Monitoring.Logs.CloudWatch", {})
    yield from expect(at, "Enabled", True, default=True)
    yield from present(at, "RetentionInDays")
    yield from expect(at, "DeletionPolicy", "Retain", default="Retain")


RULE = Rule(
    id="IRYO-PCLUSTER-LOGS",
    title=Text(
        "Clusters keep their logs in CloudWatch",
        "クラスターのログが CloudWatch に残る",
    ),
    remedy=Text(
        "Set Monitoring.Logs.CloudWatch Enabled true, a retention, DeletionPolicy Retain.",
        "Monitoring.Logs.CloudWatch を有効にし、保持期間と DeletionPolicy: Retain を設定する。",
    ),
    topic=Topic.AUDIT_LOGGING,
    types=(clusters.CLUSTER,),
    check=_check,
)
