"""Who may do what: every role of an assembly, read from its templates.

`python -m compliance.rights cdk.out docs/rights.md` writes the table, `rights(resources)` returns
its rows for the report. What a deployment adds by hand is not in a template, hence not here.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from compliance.policies import Statement, statements
from compliance.resources import IndeterminateError, Resource, Resources
from compliance.templates import Assembly, AssemblyError

ROLE = "AWS::IAM::Role"
POLICIES = ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy")
EVERYTHING = "everything that AWS writes in it"
UNKNOWN = "known when deployed"
NOTHING = "nothing"
MANAGED = "AWS-managed"
_TOKEN = re.compile(r"\$\{([A-Za-z0-9]+)\.[A-Za-z0-9.]+\}")
_PSEUDO = {
    "${AWS::Partition}": "aws",
    "${AWS::Region}": "<region>",
    "${AWS::AccountId}": "<account>",
    "${AWS::URLSuffix}": "amazonaws.com",
}


@dataclass(frozen=True, order=True, kw_only=True)
class Right:
    """One statement about a role. Roles and resources are construct paths where they are ours."""

    role: str
    assumed_by: tuple[str, ...]
    effect: str
    statement: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[str, ...]
    path: str
    """The role's whole construct path."""

    @property
    def kind(self) -> str:
        """Say what no policy of ours says: nothing, unknown or managed (by AWS); "" otherwise."""
        if self.statement == MANAGED:
            return "managed"
        return {UNKNOWN: "unknown", NOTHING: "nothing"}.get(self.actions[0], "")

    @property
    def room(self) -> str:
        """Return the nested stack that makes the role."""
        return self.role.partition("/")[0]


def rights(resources: Resources) -> list[Right]:
    """Return what each role may and may not do, in the order of roles and statements.

    A policy that nobody could resolve is a row that says so: nothing is left out.
    """
    return list(_Reader(resources).read())


class _Reader:
    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._named: dict[str, set[str]] = {}
        for one in resources.all:
            self._named.setdefault(one.logical_id, set()).add(_short(one.path))

    def read(self) -> Iterator[Right]:
        for role in sorted(self._resources.of_type(ROLE), key=lambda one: one.path):
            who = self._assumed_by(role)
            for statement in list(self._statements(role)) or [NOTHING]:
                yield self._right(role, who, statement)

    def _statements(self, role: Resource) -> Iterator[Statement | str]:
        """Yield statements, and the names of policies that cannot be read here."""
        documents = [one.get("PolicyDocument") for one in self._policies(role)]
        documents += [one.get("PolicyDocument") for one in role.get("Policies", default=[])]
        for document in documents:
            try:
                yield from statements(document)
            except IndeterminateError:
                yield UNKNOWN
        for attached in role.get("ManagedPolicyArns", default=[]):
            if self._resources.at(attached) is None:
                yield self._text(attached)

    def _policies(self, role: Resource) -> list[Resource]:
        attached = [self._resources.at(one) for one in role.get("ManagedPolicyArns", default=[])]
        naming = [
            one for kind in POLICIES for one in self._resources.referring(kind, "Roles", role)
        ]
        own = {one.path: one for one in [*naming, *attached] if one is not None}
        return [own[path] for path in sorted(own)]

    def _assumed_by(self, role: Resource) -> tuple[str, ...]:
        try:
            trusted = [
                self._text(value)
                for statement in statements(role.get("AssumeRolePolicyDocument"))
                for _kind, value in statement.principals
            ]
        except IndeterminateError:
            return (UNKNOWN,)
        return tuple(dict.fromkeys(trusted))

    def _right(self, role: Resource, who: tuple[str, ...], statement: Statement | str) -> Right:
        if isinstance(statement, str):
            ours = statement in (UNKNOWN, NOTHING)
            return Right(
                role=_short(role.path),
                assumed_by=who,
                effect="Allow",
                statement="" if ours else MANAGED,
                actions=(statement if ours else EVERYTHING,),
                resources=() if ours else (statement,),
                conditions=(),
                path=role.path,
            )
        actions = tuple(map(str, statement.actions))
        return Right(
            role=_short(role.path),
            assumed_by=who,
            effect=statement.effect,
            statement=statement.sid,
            actions=tuple(f"all but {one}" for one in actions)
            if statement.excludes_actions
            else actions,
            resources=tuple(map(self._text, statement.resources)),
            conditions=tuple(self._conditions(statement)),
            path=role.path,
        )

    def _conditions(self, statement: Statement) -> Iterator[str]:
        for operator, tests in statement.conditions.items():
            for key, value in tests.items():
                values = value if isinstance(value, list) else [value]
                yield f"{key} {operator} {' or '.join(map(self._text, values))}"

    def _text(self, value: Any) -> str:
        """Return an ARN or a reference as a person reads it."""
        if (resource := self._resources.at(value)) is not None:
            return _short(resource.path)
        text = str(value)
        for token, short in _PSEUDO.items():
            text = text.replace(token, short)
        return _TOKEN.sub(self._path, text)

    def _path(self, token: re.Match[str]) -> str:
        """Return the path of the one resource of that logical id, or the token as it was."""
        paths = self._named.get(token[1], set())
        return next(iter(paths)) if len(paths) == 1 else token[0]


def _short(path: str) -> str:
    """Leave out the environment, and CDK's own names at the end: Data/Important/Bucket."""
    return path.partition("/")[2].removesuffix("/Resource")


def markdown(rows: list[Right], environment: str) -> str:
    """Return the page: a table a room, a line a statement."""
    lines = [
        f"# Who may do what in {environment}",
        "",
        "Generated from the templates by `python -m compliance.rights`; do not edit. Every role, "
        "who may assume it, and each statement of its policies. What is ours is named by its "
        "construct path. Rights of services are computed from what `[services.<name>]` declares.",
    ]
    for room, in_room in groupby(rows, key=lambda row: row.room):
        lines += ["", f"## {room}", "", "| role | assumed by | may | on | if |"]
        lines.append("| --- | --- | --- | --- | --- |")
        for (role, who), of_role in groupby(in_room, key=lambda row: (row.role, row.assumed_by)):
            first = (role.removeprefix(f"{room}/"), ", ".join(who))
            for row in of_role:
                lines.append(_line(row, *first))
                first = ("", "")
    return "\n".join(lines) + "\n"


def _line(row: Right, role: str, who: str) -> str:
    may = ", ".join(row.actions)
    cells = (
        role,
        who,
        may if row.effect == "Allow" else f"never: {may}",
        ", ".join(row.resources),
        "; ".join(row.conditions),
    )
    return "| " + " | ".join(cell.replace("|", "\\|").replace("*", "\\*") for cell in cells) + " |"


def main(arguments: list[str]) -> int:
    """Print the table or write it to a file. Return 0, or 2 when there is nothing to read."""
    if not 1 <= len(arguments) <= 2:  # noqa: PLR2004 (a folder and a page)
        sys.stderr.write("say: python -m compliance.rights FOLDER [PAGE.md]\n")
        return 2
    folder, *pages = (Path(argument) for argument in arguments)
    try:
        assembly = Assembly(folder)
    except AssemblyError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    page = markdown(rights(Resources.of(assembly)), assembly.templates[0].path)
    for file in pages:
        file.write_text(page, encoding="utf-8")
    if not pages:
        sys.stdout.write(page)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
