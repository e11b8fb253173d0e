"""Clusters of PCS keep who ran which job."""

from collections.abc import Iterator

from compliance.reading.checks import expect
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(cluster: Resource, _: Context) -> Iterator[Problem]:
    yield from expect(cluster, "SlurmConfiguration.Accounting.Mode", "STANDARD")


RULE = Rule(
    id="IRYO-PCS-ACCOUNTING",
    title=Text(
        "PCS clusters keep accounts of jobs",
        "PCS クラスターがジョブの記録を残す",
    ),
    remedy=Text(
        "Set SlurmConfiguration.Accounting.Mode to STANDARD.",
        "SlurmConfiguration.Accounting.Mode を STANDARD にする。",
    ),
    topic=Topic.AUDIT_LOGGING,
    types=("AWS::PCS::Cluster",),
    check=_check,
)
