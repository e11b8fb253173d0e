"""Policy documents: IAM, key, bucket, queue, topic and endpoint policies alike."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from compliance.intrinsics import Reference, Unknown
from compliance.resources import IndeterminateError, known

ANYONE = ANYTHING = "*"
PLAIN_TEXT = ("Bool", "aws:securetransport", "false")
NARROWING_KEYS = frozenset(
    key.lower()
    for key in (
        *(
            "aws:PrincipalAccount",
            "aws:PrincipalArn",
            "aws:PrincipalOrgID",
            "aws:PrincipalOrgPaths",
        ),
        *("aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID", "aws:SourceOrgPaths"),
        *("aws:SourceOwner", "aws:SourceVpc", "aws:SourceVpce", "kms:CallerAccount"),
        *("aws:ResourceOrgID", "aws:ResourceAccount"),
    )
)
"""Condition keys that say whose request it is (or whose resource it touches)."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy document with its one-or-many members as tuples."""

    sid: str
    effect: str
    principals: tuple[tuple[str, Any], ...]
    actions: tuple[Any, ...]
    excludes_actions: bool
    resources: tuple[Any, ...]
    conditions: dict[str, dict[str, Any]]
    excepts: bool = False
    """Whether it says what it is not about: NotAction, NotPrincipal or NotResource."""

    @property
    def allows(self) -> bool:
        """Whether this grants something."""
        return self.effect == "Allow"

    @property
    def anyone(self) -> bool:
        """Whether it is about every principal there is."""
        return any(value == ANYONE for _, value in self.principals)

    @property
    def condition_keys(self) -> frozenset[str]:
        """The lower-case condition keys in use, whatever the operator."""
        return frozenset(key.lower() for test in self.conditions.values() for key in test)

    @property
    def narrowed(self) -> bool:
        """Whether a condition says whose requests are meant."""
        return bool(self.condition_keys & NARROWING_KEYS)

    def denies_plain_text(self, *actions: str) -> bool:
        """Whether it denies everyone one of these actions, or all, without TLS.

        Any further condition, and anyone or anything left out, makes it deny less than that.
        """
        tests = [
            (operator, key.lower(), str(value).lower())
            for operator, keys in self.conditions.items()
            for key, value in keys.items()
        ]
        wanted = {ANYTHING, *(action.lower() for action in actions)}
        return (
            self.effect == "Deny"
            and self.anyone
            and not self.excepts
            and tests == [PLAIN_TEXT]
            and any(str(action).lower() in wanted for action in self.actions)
        )


def statements(document: Any) -> Iterator[Statement]:
    """Yield the statements of a resolved policy document (an object, or JSON text).

    Raises IndeterminateError when the document or a statement could not be resolved.
    """
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            raise IndeterminateError(
                "the policy is text that is no JSON until it is deployed"
            ) from None
    document = known(document, "the policy")
    if not document:
        return
    for statement in _many(document.get("Statement", ())):
        yield _statement(known(statement, "a statement"))


def _statement(raw: dict[str, Any]) -> Statement:
    key = "Action" if "Action" in raw else "NotAction"
    return Statement(
        sid=str(raw.get("Sid", "")),
        effect=raw["Effect"],
        principals=tuple(_principals(raw)),
        actions=_many(raw.get(key, ())),
        excludes_actions=key == "NotAction" and "NotAction" in raw,
        resources=_many(raw.get("Resource", raw.get("NotResource", ()))),
        conditions=known(raw.get("Condition", {}), "a condition"),
        excepts=any(key.startswith("Not") for key in raw),
    )


def _principals(raw: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if "NotPrincipal" in raw:
        yield "*", ANYONE
    principal = known(raw.get("Principal", {}), "a principal")
    if isinstance(principal, (str, Reference)):
        yield "*", principal
        return
    for kind, values in principal.items():
        for value in _many(values):
            yield kind, value


def _many(value: Any) -> tuple[Any, ...]:
    if isinstance(value, Unknown):
        raise IndeterminateError(f"the policy: {value.text} is known only when it is deployed")
    return tuple(value) if isinstance(value, (list, tuple)) else (value,)
