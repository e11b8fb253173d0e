"""Which resources some rule judges, and why nobody judges the others.

A rule is one of ours, one of cdk-nag's that applies, or one of the second engine's. Those of ours
that are about every type alike (tags, the list of eligible services, public paths) do not count:
they know nothing of what is particular to a type. For a type without any, no_rule.toml
holds the written reason; what has neither is shown, and fails a test.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from compliance.own import NAME
from compliance.resources import Resource
from compliance.rules import RULES
from compliance.tagging import TAGGABLE
from compliance.templates import STACK_TYPE
from compliance.text import Text
from compliance.verdicts import Row, Verdict

REASONS = Path(__file__).parent / "no_rule.toml"
NOT_JUDGED = frozenset({STACK_TYPE, "AWS::CDK::Metadata"})
"""A nested stack is judged by what is in it, unless its template is a supplier's; CDK metadata
does nothing."""
NO_REASON = "no rule judges it, and nobody wrote down why"
VALIDATOR = "CFN-"
"""CloudFormation Validate checks any resource against its schema, which is no control."""


class ReasonError(ValueError):
    """no_rule.toml is not what it should be; the message says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeCoverage:
    """A resource type of a judgement: how many resources, by which rules judged, else why not."""

    type: str
    resources: int
    rules: tuple[str, ...]
    reason: Text | None

    @property
    def covered(self) -> bool:
        """Whether a rule judges it or a reason is written down."""
        return bool(self.rules) or self.reason is not None


@cache
def reasons(file: Path = REASONS) -> dict[str, Text]:
    """Return, by resource type, why no rule judges it.

    Raises ReasonError when the file is no TOML, or an entry is not a text in both languages.
    """
    try:
        given = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ReasonError(f"{file}: cannot be read ({error})") from None
    return {type_: _text(file, type_, entry) for type_, entry in given.items()}


def unjudged(resources: Iterable[Resource], rows: Iterable[Row]) -> Iterator[Row]:
    """Yield a row for each resource that no rule judged, with the reason where one is written."""
    judged = {(row.template, row.logical_id) for row in rows if is_judgement(row)}
    why = reasons()
    for one in resources:
        supplier = one.template.external.get(one.logical_id, "")
        unasked = one.type in NOT_JUDGED and not supplier
        if unasked or (one.template.file, one.logical_id) in judged:
            continue
        reason = why[one.type].en if one.type in why else NO_REASON
        yield Row(
            engine=NAME,
            rule="",
            verdict=Verdict.NO_RULE,
            path=one.path,
            resource_type=one.type,
            template=one.template.file,
            logical_id=one.logical_id,
            message=f"{reason} {supplier}" if supplier else reason,
        )


def by_type(rows: Iterable[Row]) -> list[TypeCoverage]:
    """Return the coverage of each resource type that the rows are about, ordered by type."""
    rules: dict[str, set[str]] = defaultdict(set)
    resources: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in rows:
        if not row.resource_type or (row.resource_type in NOT_JUDGED and not _supplier(row)):
            continue
        resources[row.resource_type].add((row.template, row.logical_id))
        if is_judgement(row):
            rules[row.resource_type].add(row.rule)
    return [
        TypeCoverage(
            type=type_,
            resources=len(resources[type_]),
            rules=tuple(sorted(rules[type_])),
            reason=reasons().get(type_),
        )
        for type_ in sorted(resources)
    ]


def _supplier(row: Row) -> bool:
    """Say whether a row is about a nested stack that nobody judged."""
    return row.resource_type == STACK_TYPE and row.verdict is Verdict.NO_RULE


def is_judgement(row: Row) -> bool:
    """Say whether a row is a rule's verdict on what a resource is or does."""
    return bool(
        row.rule
        and row.logical_id
        and row.rule not in universal()
        and not row.rule.startswith(VALIDATOR)
    )


@cache
def universal() -> frozenset[str]:
    """Return our rules that are about every type that takes tags."""
    return frozenset(rule.id for rule in RULES if rule.types == tuple(TAGGABLE))


def _text(file: Path, type_: str, entry: object) -> Text:
    words = entry if isinstance(entry, dict) else {}
    if set(words) != {"en", "ja"} or not all(
        isinstance(word, str) and word.strip() for word in words.values()
    ):
        raise ReasonError(f'{file}: "{type_}" must be {{ en = "why", ja = "なぜ" }}')
    return Text(en=words["en"], ja=words["ja"])
