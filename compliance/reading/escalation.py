"""Ways of privilege escalation, and which of them a set of grants leaves open."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from compliance.identity import grants
from compliance.policies import Statement
from compliance.resources import Resource, Resources, known

FILE = Path(__file__).parents[1] / "rules" / "escalation.toml"
PASS_ROLE = "iam:passrole"  # noqa: S105 (an action)
# Everything, every role of the account, every function: what has no name of its own.
_WIDE = re.compile(r"(^|[:/])\*$")
_ATTACHES = {"AWS::IAM::Role": "Roles", "AWS::IAM::User": "Users", "AWS::IAM::Group": "Groups"}
_POLICIES = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A known combination of actions; what the members mean stands in the file."""

    id: str
    title: str
    actions: tuple[str, ...]
    source: str
    bounded: bool = False
    wide: bool = False


@cache
def ways() -> tuple[Way, ...]:
    """Return the known ways."""
    given = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return tuple(
        Way(id=id_, **{**way, "actions": tuple(way["actions"])}) for id_, way in given.items()
    )


def opened(granted: Iterable[Statement]) -> Iterator[Way]:
    """Yield the ways that some grants, taken together, leave open."""
    about = [
        (statement, actions)
        for statement in granted
        if statement.allows and (actions := _actions(statement))
    ]
    for way in ways():
        if all(
            any(
                action in actions and _is_open(statement, action, way)
                for statement, actions in about
            )
            for action in map(str.lower, way.actions)
        ):
            yield way


def covers(statement: Statement, action: str) -> bool:
    """Say whether a statement is about an action of a known way, written in small letters."""
    return action in _actions(statement)


def _actions(statement: Statement) -> frozenset[str]:
    """Return which actions of the known ways a statement is about, in small letters."""
    patterns = tuple(str(known(pattern, "an action")).lower() for pattern in statement.actions)
    listed = _listed(patterns)
    return _listed(("*",)) - listed if statement.excludes_actions else listed


@cache
def _listed(patterns: tuple[str, ...]) -> frozenset[str]:
    """Return which actions of the known ways some patterns list: policies repeat them a lot."""
    wanted = {action.lower() for way in ways() for action in way.actions}
    return frozenset(
        action for action in wanted if any(fnmatchcase(action, one) for one in patterns)
    )


def is_wide(statement: Statement) -> bool:
    """Say whether a statement is about resources that it does not name."""
    values = (str(known(value, "a resource")) for value in statement.resources)
    return not statement.resources or any(_WIDE.search(value) for value in values)


def attached(identity: Resource, resources: Resources) -> list[Resource]:
    """Return the policies of the platform that a role, user or group has."""
    key = _ATTACHES.get(identity.type)
    if key is None:
        return []
    found = [policy for kind in _POLICIES for policy in resources.referring(kind, key, identity)]
    found += resources.referring("AWS::IAM::RolePolicy", "RoleName", identity)
    arns: list[Any] = identity.get("ManagedPolicyArns", default=[])
    return found + [policy for arn in arns if (policy := resources.at(arn))]


def of(identity: Resource, resources: Resources) -> list[Way]:
    """Return the ways that an identity or policy leaves open.

    A way that one attached policy opens by itself is told there, not again at every role.
    """
    policies = attached(identity, resources)
    together = [*grants(identity), *(one for policy in policies for one in grants(policy))]
    told = {way.id for policy in policies for way in opened(grants(policy))}
    return [way for way in opened(together) if way.id not in told]


def _is_open(statement: Statement, action: str, way: Way) -> bool:
    if action == PASS_ROLE:
        return is_wide(statement) or "iam:passedtoservice" not in statement.condition_keys
    if way.bounded and "iam:permissionsboundary" in statement.condition_keys:
        return False
    return is_wide(statement) if way.wide else True
