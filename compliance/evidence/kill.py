"""The score of the last kill tests, as `iryo kill` leaves it."""

from pathlib import Path
from typing import Any

import orjson

from compliance.evidence.errors import ReportError

SCORE = Path(__file__).parents[2] / "build" / "kill" / "score.json"


def score(file: Path | None = None) -> dict[str, Any] | None:
    """Return what the page shows of a score (compliance.kill.score); None when there is none.

    Raises ReportError when the file is no score.
    """
    file = file or SCORE
    try:
        found = orjson.loads(file.read_bytes())
        return {
            "environment": str(found["environment"]),
            "killed": int(found["killed"]),
            "total": int(found["total"]),
            **{name: _texts(found[name]) for name in ("survivors", "unbroken", "absent")},
            "by_rule": [
                [str(rule), int(tally["killed"]), int(tally["total"])]
                for rule, tally in sorted(found["by_rule"].items())
            ],
        }
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise ReportError(f"{file}: is no score of kill tests; run iryo kill again") from None


def _texts(values: list[Any]) -> list[str]:
    return sorted(str(value) for value in values)
