"""What the rows of a judgement say of every control and every clause.

A clause is green only when rules alone prove it, each of them that must judge something did, and
nothing is red or excused. Where a record must show the rest, the best it can be is manual.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from compliance import controls, frameworks
from compliance.controls import Control
from compliance.frameworks import Clause, Framework
from compliance.settings import Settings
from compliance.verdicts import Judgement, Row, Verdict

WORST = (Verdict.FAIL, Verdict.INDETERMINATE)
WITHOUT_RULES = {
    "manual": Verdict.MANUAL,
    "inherited": Verdict.INHERITED,
    "not-applicable": Verdict.NOT_APPLICABLE,
}
"""What is said of a clause that no rule is named for."""

Rows = Mapping[str, list[Row]]


@dataclass(frozen=True, kw_only=True, slots=True)
class ClauseResult:
    """What is said of a clause: `rows` are the evidence, `gaps` the rules that judged nothing."""

    clause: Clause
    verdict: Verdict
    rows: tuple[Row, ...]
    gaps: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Assessment:
    """Frameworks and controls, measured by one judgement."""

    environment: str
    frameworks: tuple[tuple[Framework, tuple[ClauseResult, ...]], ...]
    controls: tuple[tuple[Control, Verdict, tuple[Row, ...]], ...]
    judgement: Judgement


def assess(judgement: Judgement, settings: Settings) -> Assessment:
    """Say of every clause and control what the rows show.

    Raises FrameworkError when a table of frameworks or controls is wrong.
    """
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in judgement.rows:
        if row.rule:
            rows[row.rule].append(row)
    known = {control.id: control for control in controls.load()}
    return Assessment(
        environment=settings.name,
        frameworks=tuple(
            (framework, tuple(_result(clause, known, rows) for clause in framework.clauses))
            for framework in frameworks.load()
        ),
        controls=tuple((control, *_shown([control], rows)[:2]) for control in known.values()),
        judgement=judgement,
    )


def _result(clause: Clause, known: Mapping[str, Control], rows: Rows) -> ClauseResult:
    if clause.disposition in WITHOUT_RULES:
        verdict = WITHOUT_RULES[clause.disposition]
        return ClauseResult(clause=clause, verdict=verdict, rows=(), gaps=())
    verdict, evidence, gaps = _shown([known[one] for one in clause.controls], rows)
    if verdict is Verdict.PASS and clause.disposition == "partly":
        verdict = Verdict.MANUAL
    return ClauseResult(clause=clause, verdict=verdict, rows=evidence, gaps=gaps)


def _shown(
    serving: Iterable[Control], rows: Rows
) -> tuple[Verdict, tuple[Row, ...], tuple[str, ...]]:
    """Return what controls together show, the rows that show it, and the rules that are silent."""
    rules: dict[str, bool] = {}
    for control in serving:
        for rule in control.rules:
            rules[rule] = rules.get(rule, False) or rule not in control.if_present
    evidence = tuple(row for rule in rules for row in rows.get(rule, ()))
    gaps = tuple(rule for rule in rules if rule not in rows)
    return _verdict(evidence, complete=not any(rules[rule] for rule in gaps)), evidence, gaps


def _verdict(evidence: Iterable[Row], *, complete: bool) -> Verdict:
    found = {row.verdict for row in evidence}
    for verdict in WORST:
        if verdict in found:
            return verdict
    if not complete:
        return Verdict.NO_RULE
    if Verdict.WAIVED in found:
        return Verdict.WAIVED
    return Verdict.PASS if Verdict.PASS in found else Verdict.NO_RULE
