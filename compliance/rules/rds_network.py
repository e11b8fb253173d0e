"""Databases have no public address."""

from collections.abc import Iterator

from compliance.reading.checks import expect, look
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(database: Resource, _: Context) -> Iterator[Problem]:
    # Whether an instance without the setting is public depends on its subnets; a cluster is not.
    cluster = database.type == "AWS::RDS::DBCluster" or look(database, "DBClusterIdentifier")
    yield from expect(database, "PubliclyAccessible", False, default=False if cluster else None)


RULE = Rule(
    id="IRYO-RDS-NETWORK",
    title=Text(
        "Databases are private",
        "データベースが非公開である",
    ),
    remedy=Text(
        "Set publicly_accessible=False and private subnets.",
        "publicly_accessible=False とプライベートサブネットを設定する。",
    ),
    topic=Topic.NETWORK_EXPOSURE,
    types=(
        "AWS::RDS::DBInstance",
        "AWS::RDS::DBCluster",
    ),
    check=_check,
)
