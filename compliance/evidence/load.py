"""Reading a report that was written before."""

from pathlib import Path
from typing import Any

import orjson

from compliance.evidence.compact import FORMAT
from compliance.evidence.errors import ReportError

NAME = "report.json"
MEMBERS = (
    *("environment", "generated", "verdicts", "places", "rows", "rules", "controls"),
    *("frameworks", "grants"),
)


def load(path: Path) -> dict[str, Any]:
    """Read a report: a `report.json`, or a folder (cdk.out, cdk.out/compliance) that holds one.

    Raises ReportError when there is none, or it is of another version of the format.
    """
    file = _file(path)
    try:
        report = orjson.loads(file.read_bytes())
    except OSError as error:
        raise ReportError(f"{path}: there is no report to read ({error.strerror})") from None
    except ValueError:
        raise ReportError(f"{file}: is no report; a {NAME} of `iryo report build` is") from None
    given = report.get("format") if isinstance(report, dict) else None
    if not isinstance(given, str):
        raise ReportError(f"{file}: is no report; a {NAME} of `iryo report build` is")
    if given != FORMAT:
        raise ReportError(
            f"{file}: is of format {given!r}, this program reads {FORMAT!r}; "
            "build the base anew with this version"
        )
    if missing := [name for name in MEMBERS if name not in report]:
        raise ReportError(f"{file}: lacks {', '.join(missing)}, so it is no whole report")
    whole: dict[str, Any] = report
    return whole


def _file(path: Path) -> Path:
    candidates = (path / NAME, path / "compliance" / NAME) if path.is_dir() else (path,)
    return next((one for one in candidates if one.is_file()), candidates[0])


def base_for(path: Path, environment: str) -> dict[str, Any]:
    """Read the report that another one of the environment is compared with.

    Raises ReportError as `load` does, and when it is of another environment.
    """
    report = load(path)
    if report["environment"] != environment:
        raise ReportError(
            f"{path}: is of environment {report['environment']!r}, not of {environment!r}; "
            "only reports of one environment can be compared"
        )
    return report
