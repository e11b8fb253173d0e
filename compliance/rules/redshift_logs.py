"""Warehouses write who connected and what was asked."""

from collections.abc import Iterator

from compliance.reading.checks import present
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(warehouse: Resource, _: Context) -> Iterator[Problem]:
    serverless = warehouse.type != "AWS::Redshift::Cluster"
    yield from present(warehouse, "LogExports" if serverless else "LoggingProperties")


RULE = Rule(
    id="IRYO-REDSHIFT-LOGS",
    title=Text(
        "Redshift writes audit logs",
        "Redshift が監査ログを残す",
    ),
    remedy=Text(
        "Set LoggingProperties, or LogExports of a namespace.",
        "LoggingProperties か、名前空間の LogExports を設定する。",
    ),
    topic=Topic.AUDIT_LOGGING,
    types=(
        "AWS::Redshift::Cluster",
        "AWS::RedshiftServerless::Namespace",
    ),
    check=_check,
)
