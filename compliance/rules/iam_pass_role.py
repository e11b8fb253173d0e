"""Whoever may hand a role to a service may hand over named roles to a named service."""

from collections.abc import Iterator

from compliance import identity
from compliance.policies import Statement
from compliance.reading import escalation
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _passing(resource: Resource) -> Iterator[Statement]:
    for statement in identity.grants(resource):
        if escalation.covers(statement, "iam:passrole"):
            yield statement


def _passes(resource: Resource, _: Context) -> bool:
    return any(_passing(resource))


def _check(resource: Resource, _: Context) -> Iterator[Problem]:
    for statement in _passing(resource):
        if "iam:passedtoservice" not in statement.condition_keys:
            yield Problem("iam:PassRole without iam:PassedToService", finding="service")
        if escalation.is_wide(statement):
            yield Problem("iam:PassRole on roles that are not named", finding="resource")


RULE = Rule(
    id="IRYO-IAM-PASS-ROLE",
    title=Text(
        "Roles are passed by name and to named services",
        "ロールの引き渡しが名前とサービスを指定している",
    ),
    remedy=Text(
        "Name the role's ARN and add a condition on iam:PassedToService.",
        "ロールの ARN を指定し、iam:PassedToService の条件を加える。",
    ),
    topic=Topic.ACCESS_CONTROL,
    types=identity.TYPES,
    check=_check,
    applies=_passes,
)
