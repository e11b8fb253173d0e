"""What the organisation refuses before it happens: statements of its SCP and its RCP.

Nothing in this project attaches them yet. They are written beside the report, so that whoever runs
the organisation can; the identifiers are what controls name as their prevention.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from compliance.tables import Entry, entries, unique
from compliance.text import Text

TABLE = Path(__file__).parent / "prevention.toml"
LIMIT = 5_120
"""Bytes of one policy: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html"""
FILES = {"scp": "service-control-policy.json", "rcp": "resource-control-policy.json"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """A refusal. `kind` is scp (what principals may not do) or rcp (what is not done to ours)."""

    id: str
    kind: str
    title: Text
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Return the statement as a policy carries it."""
        return {
            "Sid": self.id,
            "Effect": "Deny",
            **({"Principal": "*"} if self.kind == "rcp" else {}),
            **({"Action": list(self.actions)} if self.actions else {}),
            **({"NotAction": list(self.not_actions)} if self.not_actions else {}),
            "Resource": list(self.resources),
            **({"Condition": dict(self.condition)} if self.condition else {}),
        }


@cache
def load(file: Path = TABLE) -> dict[str, Statement]:
    """Return the statements by id. Raises FrameworkError when the table is broken."""
    found: dict[str, Statement] = {}
    for entry in entries(file, "statement"):
        statement = _statement(entry)
        unique(entry, statement.id, found)
        found[statement.id] = statement
    return found


def files() -> dict[str, bytes]:
    """Return both policies as files, without white space, which counts against their limit."""
    return {
        name: json.dumps(_policy(kind), separators=(",", ":")).encode() + b"\n"
        for kind, name in FILES.items()
    }


def _policy(kind: str) -> dict[str, Any]:
    statements = [one.to_json() for one in load().values() if one.kind == kind]
    return {"Version": "2012-10-17", "Statement": statements}


def _statement(entry: Entry) -> Statement:
    statement = Statement(
        id=entry.word("id"),
        kind=entry.one_of("kind", FILES),
        title=entry.text(),
        actions=entry.words("actions"),
        not_actions=entry.words("not_actions"),
        resources=entry.words("resources") or ("*",),
        condition=entry.take("condition") if entry.has("condition") else {},
    )
    if bool(statement.actions) == bool(statement.not_actions):
        raise entry.wrong("either actions or not_actions is needed")
    entry.done()
    return statement
