"""What is said of a resource by a rule. Only `pass` is green.

Several engines judge (cdk-nag packs, our own rules, CDK's validator, the checks of the templates
themselves); each returns rows of this one shape.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from compliance.reads import NOTHING, Reads
from compliance.resources import Resources
from compliance.templates import RecordedWaiver
from compliance.waivers import Waiver


class Verdict(StrEnum):
    """What can be said. The last two are said of clauses only, never of a resource."""

    PASS = "pass"  # noqa: S105 (a verdict, no password)
    FAIL = "fail"
    WAIVED = "waived"
    INDETERMINATE = "indeterminate"
    """A value that nobody could resolve decides it, or two engines disagree."""
    NO_RULE = "no rule"
    """No rule judges this resource; the message is the written reason, if there is one."""
    MANUAL = "manual"
    """An organisational duty: a record shows it, not a template."""
    INHERITED = "inherited"
    """AWS does it; an attestation of theirs shows it."""
    NOT_APPLICABLE = "not applicable"
    """It does not concern the platform; the clause says why."""


class Second(StrEnum):
    """What the second engine says of a verdict of our own rules."""

    NOT_ASKED = ""
    AGREES = "agrees"
    DISAGREES = "disagrees"


RED = frozenset({Verdict.FAIL, Verdict.INDETERMINATE})
"""What makes the gate fail."""
OF_CLAUSES = frozenset({Verdict.INHERITED, Verdict.NOT_APPLICABLE})
"""What no row can be."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One verdict.

    `path` is the construct path of the resource (or of the stack, when the finding is about a
    template); `finding` tells apart what one rule finds on one resource; `message` says what is
    wrong and `remedy` how to mend it. `second` is what the second engine says of it, and `looked`
    which properties a rule of ours looked at.
    """

    engine: str
    rule: str
    verdict: Verdict
    path: str
    finding: str = ""
    resource_type: str = ""
    template: str = ""
    logical_id: str = ""
    message: str = ""
    remedy: str = ""
    waiver: Waiver | None = None
    second: Second = Second.NOT_ASKED
    looked: Reads = NOTHING

    @property
    def id(self) -> str:
        """The rule's id with the finding in brackets: what a waiver names."""
        return f"{self.rule}[{self.finding}]" if self.finding else self.rule

    def waived(self, waiver: Waiver) -> "Row":
        """Return this row, excused."""
        return replace(self, verdict=Verdict.WAIVED, waiver=waiver)


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """All rows of one synthesis, the SHA-256 of each template they are about, and the waivers.

    `resources` are those that were judged; None where somebody made the rows by hand.
    """

    rows: tuple[Row, ...]
    judged: dict[str, str]
    waivers: tuple[RecordedWaiver, ...] = ()
    resources: Resources | None = field(default=None, compare=False, repr=False)

    def with_rows(self, more: Iterable[Row]) -> "Judgement":
        """Return this judgement and more rows."""
        return replace(self, rows=(*self.rows, *more))

    @property
    def red(self) -> list[Row]:
        """The rows that make the gate fail, in a stable order."""
        return sorted(
            (row for row in self.rows if row.verdict in RED),
            key=lambda row: (row.rule, row.path, row.finding),
        )

    @property
    def counts(self) -> dict[Verdict, int]:
        """The number of rows of each verdict, zeros included."""
        return count(self.rows)


def count(rows: Iterable[Row]) -> dict[Verdict, int]:
    """Count rows by verdict, zeros included."""
    found = Counter(row.verdict for row in rows)
    return {verdict: found[verdict] for verdict in Verdict}
