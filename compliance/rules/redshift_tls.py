"""Warehouses refuse connections without TLS."""

from collections.abc import Iterator

from compliance.reading.checks import look, objects
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(group: Resource, _: Context) -> Iterator[Problem]:
    serverless = group.type == "AWS::RedshiftServerless::Workgroup"
    names = ("ParameterKey", "ConfigParameters") if serverless else ("ParameterName", "Parameters")
    given = {look(one, names[0]): look(one, "ParameterValue") for one in objects(group, names[1])}
    if given.get("require_ssl") is not True:
        yield Problem("require_ssl is not true")


RULE = Rule(
    id="IRYO-REDSHIFT-TLS",
    title=Text(
        "Redshift refuses connections without TLS",
        "Redshift が TLS のない接続を拒む",
    ),
    remedy=Text(
        "Set the parameter require_ssl to true.",
        "パラメーター require_ssl を true にする。",
    ),
    topic=Topic.ENCRYPTION_IN_TRANSIT,
    types=(
        "AWS::Redshift::ClusterParameterGroup",
        "AWS::RedshiftServerless::Workgroup",
    ),
    check=_check,
)
