"""When a report was made: the same for every synthesis of the same sources."""

import os
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from compliance.evidence.errors import ReportError

ROOT = Path(__file__).parents[2]
VARIABLE = "SOURCE_DATE_EPOCH"
UNKNOWN = datetime.fromtimestamp(0, UTC)
"""What stands for a date that nobody can tell; a clock would make each synthesis another."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The commit a report was made from ("" outside of a checkout) and the date it carries."""

    commit: str
    date: datetime

    @property
    def text(self) -> str:
        """The date as ISO 8601 with a Z, to the second."""
        return self.date.strftime("%Y-%m-%dT%H:%M:%SZ")


def origin(root: Path = ROOT) -> Origin:
    """Return the date of SOURCE_DATE_EPOCH (see reproducible-builds.org), or the commit's.

    Raises ReportError when SOURCE_DATE_EPOCH is no number of seconds.
    """
    commit, seconds = _commit(root)
    if given := os.environ.get(VARIABLE):
        if not given.isdecimal():
            raise ReportError(f"{VARIABLE}: {given!r} is no whole number of seconds since 1970")
        seconds = int(given)
    return Origin(commit, datetime.fromtimestamp(seconds, UTC) if seconds else UNKNOWN)


def _commit(root: Path) -> tuple[str, int]:
    try:
        said = subprocess.run(
            ["git", "-C", str(root), "log", "-1", "--format=%H %ct"],
            check=True,
            capture_output=True,
            text=True,
            timeout=10,
        ).stdout.split()
    except (OSError, subprocess.SubprocessError):
        return "", 0
    return (said[0], int(said[1])) if said else ("", 0)
