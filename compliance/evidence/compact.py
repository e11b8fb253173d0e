"""A report as compact JSON: what the page draws and what `iryo report diff` compares.

Values that repeat (texts, places, rules) stand once in a table and are named by their index.
"""

from typing import Any

from compliance import coverage, prevention
from compliance.assessment import ClauseResult
from compliance.controls import Control
from compliance.evidence import titles
from compliance.evidence.report import Place, Report
from compliance.frameworks import Framework
from compliance.text import Text
from compliance.verdicts import Row, Verdict, count

FORMAT = "iryo-report/1"
NONE = -1
VERDICTS = tuple(Verdict)


class _Table:
    """Values by the order in which they were first met."""

    def __init__(self) -> None:
        self._index: dict[Any, int] = {}

    def of(self, value: Any) -> int:
        """Return the index of a value, which is added when it is new."""
        return self._index.setdefault(value, len(self._index))

    @property
    def values(self) -> list[Any]:
        return list(self._index)


class Compact:
    """Turns one report into JSON."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._texts = _Table()
        self._rules = _Table()
        self._engines = _Table()
        self._templates = _Table()
        self._controls = {
            control.id: index for index, (control, *_) in enumerate(report.assessment.controls)
        }
        self._places = {path: index for index, path in enumerate(report.places)}
        self._waivers = sorted(
            report.judgement.waivers,
            key=lambda one: (one.path, one.waiver.rule, one.waiver.finding),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the report; without the properties of resources, which only the page shows."""
        report, assessment = self._report, self._report.assessment
        made: dict[str, Any] = {
            "format": FORMAT,
            "environment": report.settings.name,
            "stage": report.settings.stage,
            "generated": report.origin.text,
            "commit": report.origin.commit,
            "verdict": str(Verdict.FAIL if report.judgement.red else Verdict.PASS),
            "verdicts": [str(verdict) for verdict in VERDICTS],
            "counts": [count(report.rows)[verdict] for verdict in VERDICTS],
            "judged": report.judgement.judged,
            "places": [self._place(place) for place in report.places.values()],
            "rows": [self._row(row) for row in report.rows],
            "waivers": [{"path": one.path, **one.waiver.to_json()} for one in self._waivers],
            "controls": [self._control(control, v) for control, v, _ in assessment.controls],
            "frameworks": [self._framework(*one) for one in assessment.frameworks],
            "types": self._types(),
            "statements": {
                name: self._text(statement.title) for name, statement in prevention.load().items()
            },
            "grants": {
                holder: [grant.to_json() for grant in held]
                for holder, held in report.grants.items()
            },
        }
        # The tables come last: everything above has filled them.
        made["rules"] = [self._rule(rule) for rule in self._rules.values]
        made["engines"] = self._engines.values
        made["templates"] = self._templates.values
        made["texts"] = self._texts.values
        return made

    def _text(self, text: Text | tuple[str, str] | None) -> int:
        if text is None:
            return NONE
        return self._texts.of(text if isinstance(text, tuple) else (text.en, text.ja))

    def _rule(self, rule: str) -> list[Any]:
        words = titles.of(rule)
        return [rule, self._text(words.title), self._text(words.remedy)]

    def _place(self, place: Place) -> list[Any]:
        return [
            place.path,
            place.type,
            self._templates.of(place.template) if place.template else NONE,
            place.logical_id,
            place.line,
            place.room,
            place.owner,
            place.source,
        ]

    def _row(self, row: Row) -> list[Any]:
        words = titles.of(row.rule)
        in_order = row.verdict is Verdict.PASS
        return [
            self._rules.of(row.rule) if row.rule else NONE,
            self._places[row.path],
            VERDICTS.index(row.verdict),
            self._engines.of(row.engine),
            row.finding,
            "" if in_order or not row.rule else row.message,
            "" if in_order or row.remedy == words.remedy[0] else row.remedy,
            self._waiver(row),
            list(row.looked.own),
            [[self._places[path], list(names)] for path, names in row.looked.elsewhere],
            str(row.second),
        ]

    def _waiver(self, row: Row) -> int:
        if row.waiver is None:
            return NONE
        return next(
            index
            for index, one in enumerate(self._waivers)
            if one.waiver == row.waiver and f"{row.path}/".startswith(f"{one.path}/")
        )

    def _control(self, control: Control, verdict: Verdict) -> list[Any]:
        return [
            control.id,
            self._text(control.title),
            control.topic,
            [self._rules.of(rule) for rule in control.rules],
            list(control.prevent),
            list(control.detect),
            VERDICTS.index(verdict),
            [self._rules.of(rule) for rule in control.rules if rule in control.if_present],
        ]

    def _framework(self, framework: Framework, results: tuple[ClauseResult, ...]) -> dict[str, Any]:
        return {
            "id": framework.id,
            "title": self._text(framework.title),
            "edition": self._text(framework.edition),
            "url": framework.url,
            "coverage": self._text(framework.coverage),
            "clauses": [self._clause(result) for result in results],
        }

    def _clause(self, result: ClauseResult) -> list[Any]:
        clause = result.clause
        return [
            clause.id,
            self._text(clause.title),
            self._text(clause.section),
            self._text(clause.source),
            clause.seen,
            clause.kind,
            clause.disposition,
            [self._controls[control] for control in clause.controls],
            self._text(clause.record),
            self._text(clause.attestation),
            self._text(clause.why),
            VERDICTS.index(result.verdict),
        ]

    def _types(self) -> list[list[Any]]:
        """Return each resource type, its number, the rules that met it, the reason for none."""
        return [
            [
                one.type,
                one.resources,
                [self._rules.of(rule) for rule in one.rules],
                self._text(one.reason),
            ]
            for one in coverage.by_type(self._report.rows)
        ]
