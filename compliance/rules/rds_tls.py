"""Databases and their proxies refuse connections without TLS."""

from collections.abc import Iterator

from compliance.reading.checks import expect, look
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

PROXY = "AWS::RDS::DBProxy"
SWITCHES = {"postgres": "rds.force_ssl", "mysql": "require_secure_transport"}


def _switch(group: Resource) -> str | None:
    family = str(look(group, "Family", ""))
    return next((switch for part, switch in SWITCHES.items() if part in family), None)


def _has_a_switch(group: Resource, _: Context) -> bool:
    # Aurora keeps the switch in the cluster's parameters, so those of its instances have none.
    family = str(look(group, "Family", ""))
    of_instances = group.type == "AWS::RDS::DBParameterGroup" and family.startswith("aurora")
    return group.type == PROXY or (_switch(group) is not None and not of_instances)


def _check(group: Resource, _: Context) -> Iterator[Problem]:
    if group.type == PROXY:
        yield from expect(group, "RequireTLS", True)
        return
    switch = str(_switch(group))
    value = look(group, "Parameters", {}).get(switch)
    if str(value).lower() not in ("1", "on", "true"):
        yield Problem(f"{switch} is {'not set' if value is None else value}", finding=switch)


RULE = Rule(
    id="IRYO-RDS-TLS",
    title=Text(
        "Databases and proxies refuse connections without TLS",
        "データベースとプロキシが TLS のない接続を拒む",
    ),
    remedy=Text(
        "Set rds.force_ssl=1 (require_secure_transport=ON for MySQL), require_tls of a proxy.",
        "rds.force_ssl=1（MySQL は require_secure_transport=ON）、プロキシは require_tls を設"
        "定する。",
    ),
    topic=Topic.ENCRYPTION_IN_TRANSIT,
    types=(
        "AWS::RDS::DBParameterGroup",
        "AWS::RDS::DBClusterParameterGroup",
        "AWS::RDS::DBProxy",
    ),
    check=_check,
    applies=_has_a_switch,
)
