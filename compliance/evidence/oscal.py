"""The assessment as OSCAL assessment results (version 1.2.3, JSON).

One result holds every framework. Clauses that rules judge have a finding; those that nobody can
judge from templates (manual, inherited, not applicable) are excluded from the reviewed controls and
said so, because OSCAL knows only satisfied and not satisfied. Format:
https://pages.nist.gov/OSCAL-Reference/models/v1.2.3/assessment-results/json-reference/
"""

import re
from collections import defaultdict
from typing import Any

from compliance.assessment import ClauseResult
from compliance.evidence import titles
from compliance.evidence.identity import uuid_of
from compliance.evidence.report import Place, Report
from compliance.frameworks import Framework
from compliance.verdicts import RED, Row, Verdict

VERSION = "1.2.3"
PROPERTIES = "https://iryo.invalid/ns/oscal"
"""The namespace of our own properties."""
PLAN = uuid_of("plan")
JUDGED = RED | {Verdict.PASS, Verdict.WAIVED, Verdict.NO_RULE}
_NO_TOKEN = re.compile(r"[^\w.\-]+")


def to_oscal(report: Report) -> dict[str, Any]:
    """Return the document; ids follow from what they name, so equal inputs give equal bytes."""
    name, date = report.settings.name, report.origin.text
    seed = (name, report.origin.commit, *sorted(report.judgement.judged.values()))
    observations = _observations(report)
    return {
        "assessment-results": {
            "uuid": uuid_of("document", *seed),
            "metadata": {
                "title": f"Iryo compliance evidence, {name}",
                "last-modified": date,
                "version": report.origin.commit or "0",
                "oscal-version": VERSION,
            },
            "import-ap": {"href": f"#{PLAN}", "remarks": "What the gate asks is its plan."},
            "results": [
                {
                    "uuid": uuid_of("result", *seed),
                    "title": f"Synthesised templates of {name}",
                    "description": "Verdicts on what would be deployed, nested stacks included.",
                    "start": date,
                    "reviewed-controls": {
                        "control-selections": [
                            _selection(*one) for one in report.assessment.frameworks
                        ]
                    },
                    "local-definitions": {
                        "inventory-items": [_item(one) for one in report.places.values()]
                    },
                    "observations": observations,
                    "findings": [
                        _finding(framework, result, report)
                        for framework, results in report.assessment.frameworks
                        for result in results
                        if _judged(result)
                    ],
                }
            ],
            "back-matter": {
                "resources": [
                    {
                        "uuid": PLAN,
                        "title": "The gate",
                        "description": "Which engines and rules judge what, and how.",
                        "rlinks": [{"href": "docs/gate.md"}],
                    }
                ]
            },
        }
    }


def edition(framework: Framework) -> str:
    """Return a framework's edition in English."""
    return framework.edition.en


def token(clause: str) -> str:
    """Return a clause's id as an OSCAL token: letters, digits, `_`, `-` and `.` only."""
    return _NO_TOKEN.sub("_", clause).strip("_")


def _judged(result: ClauseResult) -> bool:
    """Say whether rules had a word in it; where a record shows the rest, it is not satisfied."""
    return result.verdict in JUDGED or bool(result.rows)


def _prop(name: str, value: str) -> dict[str, str]:
    return {"name": name, "ns": PROPERTIES, "value": value}


def _selection(framework: Framework, results: tuple[ClauseResult, ...]) -> dict[str, Any]:
    selection: dict[str, Any] = {
        "description": f"{framework.title.en} ({edition(framework)}): {framework.coverage.en}",
        "props": [_prop("framework", framework.id)],
        "links": [{"href": framework.url, "rel": "reference"}],
    }
    groups = {
        "include-controls": [one for one in results if _judged(one)],
        "exclude-controls": [one for one in results if not _judged(one)],
    }
    for name, group in groups.items():
        if group:
            selection[name] = [{"control-id": token(one.clause.id)} for one in group]
    if excluded := groups["exclude-controls"]:
        selection["remarks"] = "Not to be judged from templates: " + "; ".join(
            f"{one.clause.id} {one.verdict}" for one in excluded
        )
    return selection


def _item(place: Place) -> dict[str, Any]:
    facts = {
        "type": place.type,
        "template": place.template,
        "logical-id": place.logical_id,
        "owner": place.owner,
        "source": place.source,
    }
    return {
        "uuid": _item_id(place.path),
        "description": place.path,
        "props": [
            _prop("path", place.path),
            *(_prop(name, value) for name, value in facts.items() if value),
        ],
    }


def _item_id(path: str) -> str:
    return uuid_of("item", path)


def _observation_id(rule: str, verdict: Verdict) -> str:
    return uuid_of("observation", rule, verdict)


def _observations(report: Report) -> list[dict[str, Any]]:
    """Return one observation for each rule and verdict, with the resources it is about."""
    groups: dict[tuple[str, Verdict], list[Row]] = defaultdict(list)
    for row in report.rows:
        if row.rule:
            groups[row.rule, row.verdict].append(row)
    return [
        {
            "uuid": _observation_id(rule, verdict),
            "title": f"{rule}: {verdict}",
            "description": titles.of(rule).title[0] or rule,
            "props": [_prop("rule", rule), _prop("verdict", verdict)],
            "methods": ["TEST"],
            "types": ["control-objective"],
            "subjects": [
                {"subject-uuid": _item_id(path), "type": "inventory-item"}
                for path in dict.fromkeys(row.path for row in rows)
            ],
            "collected": report.origin.text,
            **({"remarks": said} if (said := _said(rows)) else {}),
        }
        for (rule, verdict), rows in groups.items()
    ]


def _said(rows: list[Row]) -> str:
    """Return what was found, and by whom and until when it is excused, a line each."""
    lines = []
    for row in rows:
        if row.verdict is Verdict.PASS:
            continue
        line = f"{row.path}: {row.id}: {row.message}"
        if excuse := row.waiver:
            line += f" (waived by {excuse.owner}, {excuse.ticket}, to {excuse.expires})"
        lines.append(line)
    return "\n".join(lines)


def _finding(framework: Framework, result: ClauseResult, report: Report) -> dict[str, Any]:
    clause, verdict = result.clause, result.verdict
    seen = dict.fromkeys((row.rule, row.verdict) for row in result.rows)
    finding: dict[str, Any] = {
        "uuid": uuid_of("finding", report.settings.name, framework.id, clause.id),
        "title": clause.title.en,
        "description": f"{clause.id} ({edition(framework)}): {verdict}",
        "props": [
            _prop("clause", clause.id),
            _prop("framework", framework.id),
            _prop("verdict", verdict),
            _prop("disposition", clause.disposition),
            _prop("title-ja", clause.title.ja),
        ],
        "target": {
            "type": "objective-id",
            "target-id": token(clause.id),
            "status": _status(verdict),
        },
    }
    if seen:
        finding["related-observations"] = [
            {"observation-uuid": _observation_id(rule, found)} for rule, found in seen
        ]
    if result.gaps:
        finding["remarks"] = f"No resource met: {', '.join(result.gaps)}"
    return finding


def _status(verdict: Verdict) -> dict[str, str]:
    if verdict is Verdict.PASS:
        return {"state": "satisfied", "reason": "pass"}
    reason = "fail" if verdict in RED else "other"
    return {"state": "not-satisfied", "reason": reason, "remarks": str(verdict)}
