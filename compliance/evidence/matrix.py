"""The control matrix as CSV: each clause with each control that serves it."""

import csv
import io
from collections.abc import Collection, Iterator

from compliance.assessment import ClauseResult
from compliance.controls import Control
from compliance.evidence.report import Report
from compliance.frameworks import Framework
from compliance.verdicts import RED, Row, Verdict, count

COLUMNS = (
    *(
        "framework",
        "edition_en",
        "edition_ja",
        "clause",
        "title_en",
        "title_ja",
        "section_en",
        "section_ja",
    ),
    *("disposition", "verdict", "control", "control_en", "control_ja", "control_verdict", "rules"),
    *("pass", "fail", "waived", "indeterminate", "not_in_order", "prevent", "detect"),
    *(
        "record_en",
        "record_ja",
        "attestation_en",
        "attestation_ja",
        "why_en",
        "why_ja",
        "seen",
        "source_en",
    ),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would compute."""
FIRST_LINE = "\ufeff"
"""The byte order mark: without it a spreadsheet does not read Japanese as UTF-8."""


def to_csv(report: Report) -> str:
    """Return the matrix, ordered as the frameworks are; a clause without controls has one line."""
    text = io.StringIO()
    text.write(FIRST_LINE)
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    served = _served(report)
    for framework, results in report.assessment.frameworks:
        for result in results:
            clause = _clause(framework, result)
            for line in _lines(result, served):
                writer.writerow({**clause, **line})
    return text.getvalue()


def safe(cell: str) -> str:
    """Return a cell that a spreadsheet shows as text, whatever it begins with."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _clause(framework: Framework, result: ClauseResult) -> dict[str, str]:
    clause = result.clause
    return {
        "framework": framework.id,
        "edition_en": framework.edition.en,
        "edition_ja": framework.edition.ja,
        "clause": clause.id,
        "title_en": clause.title.en,
        "title_ja": clause.title.ja,
        "section_en": clause.section.en,
        "section_ja": clause.section.ja,
        "disposition": clause.disposition,
        "verdict": str(result.verdict),
        "record_en": clause.record.en if clause.record else "",
        "record_ja": clause.record.ja if clause.record else "",
        "attestation_en": clause.attestation.en if clause.attestation else "",
        "attestation_ja": clause.attestation.ja if clause.attestation else "",
        "why_en": clause.why.en if clause.why else "",
        "why_ja": clause.why.ja if clause.why else "",
        "seen": clause.seen,
        "source_en": clause.source.en,
    }


def _served(report: Report) -> dict[str, dict[str, str]]:
    """Return the cells of each control by its id, made once for all clauses that name it."""
    return {
        control.id: _control(control, verdict, rows)
        for control, verdict, rows in report.assessment.controls
    }


def _lines(result: ClauseResult, served: dict[str, dict[str, str]]) -> Iterator[dict[str, str]]:
    controls = result.clause.controls
    yield from (served[control] for control in controls) if controls else ({},)


def _control(control: Control, verdict: Verdict, rows: Collection[Row]) -> dict[str, str]:
    number = count(rows)
    bad = {f"{row.path} {row.id}" for row in rows if _bad(row)}
    return {
        "control": control.id,
        "control_en": control.title.en,
        "control_ja": control.title.ja,
        "control_verdict": str(verdict),
        "rules": "; ".join(control.rules),
        "pass": str(number[Verdict.PASS]),
        "fail": str(number[Verdict.FAIL]),
        "waived": str(number[Verdict.WAIVED]),
        "indeterminate": str(number[Verdict.INDETERMINATE]),
        "not_in_order": safe("; ".join(sorted(bad))),
        "prevent": "; ".join(one for one in control.prevent if one),
        "detect": "; ".join(one for one in control.detect if one),
    }


def _bad(row: Row) -> bool:
    return row.verdict in RED or row.verdict is Verdict.WAIVED
