"""Warehouses are not public, and load through our network."""

from collections.abc import Iterator

from compliance.reading.checks import expect
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(warehouse: Resource, _: Context) -> Iterator[Problem]:
    # Serverless workgroups are private by default, clusters are told to be.
    serverless = warehouse.type != "AWS::Redshift::Cluster"
    default = False if serverless else None
    yield from expect(warehouse, "PubliclyAccessible", False, default=default)
    yield from expect(warehouse, "EnhancedVpcRouting", True)


RULE = Rule(
    id="IRYO-REDSHIFT-NETWORK",
    title=Text(
        "Redshift is private and loads through our network",
        "Redshift が非公開で、自前のネットワーク経由でデータを読み書きする",
    ),
    remedy=Text(
        "Set PubliclyAccessible false and EnhancedVpcRouting true.",
        "PubliclyAccessible を false、EnhancedVpcRouting を true にする。",
    ),
    topic=Topic.NETWORK_EXPOSURE,
    types=(
        "AWS::Redshift::Cluster",
        "AWS::RedshiftServerless::Workgroup",
    ),
    check=_check,
)
