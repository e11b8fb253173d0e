"""Findings as SARIF 2.1.0, for code scanning tools.

What is not in order is a result; an excused one carries its waiver as a suppression. Format:
https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from compliance.evidence import titles
from compliance.evidence.identity import uuid_of
from compliance.evidence.report import Report
from compliance.verdicts import Row, Verdict

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
TEMPLATES = "TEMPLATES"
"""Stands for the cloud assembly's folder."""
SOURCES = "SOURCES"
"""Stands for the root of the checkout."""
LEVELS = {Verdict.FAIL: "error", Verdict.INDETERMINATE: "warning", Verdict.WAIVED: "note"}


def to_sarif(report: Report) -> dict[str, Any]:
    """Return one run with every finding, rules described, in a stable order."""
    findings = report.findings
    rules = sorted({row.rule for row in findings})
    index = {rule: number for number, rule in enumerate(rules)}
    clauses = _clauses(report)
    driver = {
        "name": "Iryo gate",
        "semanticVersion": "1.0.0",
        "rules": [_rule(rule, clauses[rule]) for rule in rules],
    }
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "automationDetails": {"id": f"iryo-gate/{report.settings.name}/"},
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {
                    TEMPLATES: {"description": {"text": "The cloud assembly (cdk.out)."}},
                    SOURCES: {"description": {"text": "The root of the checkout."}},
                },
                "results": [_result(row, index[row.rule], report) for row in findings],
            }
        ],
    }


def _rule(rule: str, clauses: Iterable[str]) -> dict[str, Any]:
    words = titles.of(rule)
    described: dict[str, Any] = {
        "id": rule,
        "shortDescription": {"text": words.title[0] or rule},
        "properties": {"title_ja": words.title[1], "clauses": sorted(clauses)},
    }
    if words.remedy[0]:
        described["help"] = {"text": words.remedy[0]}
    return described


def _result(row: Row, index: int, report: Report) -> dict[str, Any]:
    words = titles.of(row.rule)
    result: dict[str, Any] = {
        "ruleId": row.rule,
        "ruleIndex": index,
        "kind": "open" if row.verdict is Verdict.INDETERMINATE else "fail",
        "level": LEVELS[row.verdict],
        "message": {"text": row.message or words.title[0] or row.rule},
        "locations": [_location(row, report)],
        "partialFingerprints": {"iryo/v1": uuid_of(row.rule, row.finding, row.path)},
        "properties": {"engine": row.engine, "finding": row.finding, "verdict": str(row.verdict)},
    }
    if result["kind"] != "fail":
        result["level"] = "none"  # 3.27.10: a level other than none is for what fails
    file, _, line = report.places[row.path].source.partition(":")
    if file:
        result["relatedLocations"] = [_source(file, line)]
    if row.waiver:
        result["suppressions"] = [
            {
                "kind": "inSource",
                "status": "accepted",
                "guid": uuid_of("waiver", row.rule, row.finding, row.path),
                "justification": row.waiver.reason,
                "properties": row.waiver.to_json(),
            }
        ]
    return result


def _location(row: Row, report: Report) -> dict[str, Any]:
    place = report.places[row.path]
    location: dict[str, Any] = {
        "logicalLocations": [{"fullyQualifiedName": row.path, "kind": "resource"}]
    }
    template = place.template or row.template
    if template:
        location["physicalLocation"] = {
            "artifactLocation": {"uri": template, "uriBaseId": TEMPLATES},
            "region": {"startLine": report.line(row)},
        }
    return location


def _source(file: str, line: str) -> dict[str, Any]:
    made: dict[str, Any] = {"artifactLocation": {"uri": file, "uriBaseId": SOURCES}}
    if line:
        made["region"] = {"startLine": int(line)}
    return {"physicalLocation": made, "message": {"text": "what makes the resource"}}


def _clauses(report: Report) -> dict[str, set[str]]:
    """Return the ids of the clauses that each rule serves."""
    by_control = defaultdict(set)
    for _, results in report.assessment.frameworks:
        for result in results:
            for control in result.clause.controls:
                by_control[control].add(result.clause.id)
    found: dict[str, set[str]] = defaultdict(set)
    for one, *_ in report.assessment.controls:
        for rule in one.rules:
            found[rule] |= by_control[one.id]
    return found
