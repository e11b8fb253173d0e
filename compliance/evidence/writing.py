"""Writing a report: every file of it, or none."""

from pathlib import Path
from typing import Any

import orjson

from compliance import conformance, prevention, register
from compliance.assessment import Assessment
from compliance.evidence import FOLDER, changes, files, kill, load
from compliance.evidence.compact import Compact
from compliance.evidence.html import to_html
from compliance.evidence.matrix import to_csv
from compliance.evidence.oscal import to_oscal
from compliance.evidence.report import Report, collect
from compliance.evidence.sarif import to_sarif
from compliance.evidence.when import origin
from compliance.settings import Settings

RELEASED = Path(__file__).parents[1] / "released.json"
"""The report of the last release: what a new one is compared with unless another is given."""


def write(
    *, assessment: Assessment, settings: Settings, folder: Path, base: Path | None = None
) -> list[str]:
    """Write the report of the assembly in `folder` to its folder `compliance`, whole or not at all.

    `base` is an older report to compare with. Returns the names of the files.
    Raises ReportError when the base, the kill score or SOURCE_DATE_EPOCH is wrong, AssemblyError
    when the assembly is broken; what was there before then stays as it was.
    """
    old = _base(base, settings.name)
    report = collect(assessment=assessment, settings=settings, folder=folder, origin=origin())
    made = _files(report, old)
    files.write(folder / FOLDER, made)
    return sorted(made)


def _files(report: Report, old: dict[str, Any] | None) -> dict[str, bytes]:
    data = Compact(report).to_json()
    data["kill"] = kill.score()
    page = {**data, "changes": _changes(old, data)}
    return {
        "report.html": to_html(report, page).encode(),
        load.NAME: orjson.dumps(data) + b"\n",
        "matrix.csv": to_csv(report).encode(),
        "waivers.csv": register.to_csv(report.judgement.waivers).encode(),
        "assessment-results.json": _json(to_oscal(report)),
        "results.sarif": _json(to_sarif(report)),
        **conformance.files(report.settings),
        **prevention.files(),
    }


def _json(document: dict[str, Any]) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n"


def _base(given: Path | None, environment: str) -> dict[str, Any] | None:
    if given:
        return load.base_for(given, environment)
    if not RELEASED.is_file():
        return None
    released = load.load(RELEASED)
    return released if released["environment"] == environment else None


def _changes(old: dict[str, Any] | None, new: dict[str, Any]) -> dict[str, Any] | None:
    if old is None:
        return None
    found = changes.between(old, new)
    return {
        "base": {"generated": old["generated"], "commit": old.get("commit", "")},
        "items": [change.to_json() for change in found],
    }
