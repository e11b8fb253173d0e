"""Databases and their proxies refuse connections without TLS."""

from collections.abc import Iterator

from compliance.reading import databases
from compliance.reading.checks import expect, look, problem
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

PROXY = "AWS::RDS::DBProxy"
SWITCHES = {
    "mariadb": "require_secure_transport",
    "mysql": "require_secure_transport",
    "postgres": "rds.force_ssl",
    "sqlserver": "rds.force_ssl",
}
GROUPS = {
    "AWS::RDS::DBCluster": "DBClusterParameterGroupName",
    "AWS::RDS::DBInstance": "DBParameterGroupName",
}
"""How a database names the parameters that it runs with, which are judged on their own."""


def _switch(resource: Resource) -> str | None:
    product = str(look(resource, "Engine" if resource.type in GROUPS else "Family", ""))
    return next((switch for part, switch in SWITCHES.items() if part in product), None)


def _has_a_switch(resource: Resource, context: Context) -> bool:
    if resource.type == PROXY:
        return True
    # Aurora keeps the switch in the cluster's parameters, so those of its instances have none.
    family = str(look(resource, "Family", ""))
    if resource.type == "AWS::RDS::DBParameterGroup" and family.startswith("aurora"):
        return False
    return _switch(resource) is not None and databases.on_its_own(resource, context)


def _check(resource: Resource, context: Context) -> Iterator[Problem]:
    if resource.type == PROXY:
        yield from expect(resource, "RequireTLS", True)
        return
    switch = str(_switch(resource))
    if path := GROUPS.get(resource.type):
        given = look(resource, path)
        if context.resources.at(given) is None:
            state = "is not set" if given is None else f"is {given}"
            yield problem("", path, state, f"whether {switch} is on is up to AWS")
        return
    value = look(resource, "Parameters", {}).get(switch)
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
        *GROUPS,
        "AWS::RDS::DBParameterGroup",
        "AWS::RDS::DBClusterParameterGroup",
        "AWS::RDS::DBProxy",
    ),
    check=_check,
    applies=_has_a_switch,
)
