"""Where records lie, and what may be asked for: the keys of the important bucket.

The ingestion room writes source=<source>/type=<type>/day=<day>/<sha256>[-<n>].<form>.
"""

import re
from dataclasses import dataclass
from datetime import date

SOURCE = re.compile(r"[a-z0-9-]{1,32}")
TYPE = re.compile(r"[A-Za-z0-9_]{1,64}")
NAME = re.compile(r"[0-9a-f]{64}(-\d{1,6})?\.(json|ndjson|hl7|csv)")
FORMS = {
    "json": "application/fhir+json",
    "ndjson": "application/fhir+ndjson",
    "hl7": "application/hl7-v2",
    "csv": "text/csv",
}
MOST_LISTED = 1000


class RequestError(Exception):
    """A request that cannot be answered: status, a stable code and one sentence without data."""

    def __init__(self, status: int, code: str, sentence: str) -> None:
        self.status, self.code, self.sentence = status, code, sentence
        super().__init__(sentence)


@dataclass(frozen=True, kw_only=True)
class Day:
    """The records of one sender and day."""

    source: str
    day: date

    @property
    def sender(self) -> str:
        """Return the prefix of everything that the sender has sent."""
        return f"source={self.source}/"

    def of_type(self, record_type: str) -> str:
        """Return the prefix of this day's records of a type."""
        return f"{self.sender}type={record_type}/day={self.day.isoformat()}/"


@dataclass(frozen=True, kw_only=True)
class Record:
    """One record."""

    where: Day
    type: str
    name: str

    @property
    def key(self) -> str:
        """Return its key in the bucket."""
        return f"{self.where.of_type(self.type)}{self.name}"

    @property
    def path(self) -> str:
        """Return its path in this API."""
        return f"/records/{self.where.source}/{self.type}/{self.where.day}/{self.name}"

    @property
    def content_type(self) -> str:
        """Return what it is."""
        return FORMS[self.name.rpartition(".")[2]]


def day_of(source: str | None, day: str | None) -> Day:
    """Read the two that every request names; raises RequestError."""
    if source is None or not SOURCE.fullmatch(source):
        raise RequestError(400, "invalid_source", f"source must have the form {SOURCE.pattern}")
    try:
        return Day(source=source, day=date.fromisoformat(day or ""))
    except ValueError:
        raise RequestError(400, "invalid_day", "day must be a date such as 2026-04-01") from None


def type_of(given: str) -> str:
    """Read a record type such as Patient or ADT_A01; raises RequestError."""
    if not TYPE.fullmatch(given):
        raise RequestError(400, "invalid_type", f"type must have the form {TYPE.pattern}")
    return given


def name_of(given: str) -> str:
    """Read a record's name; raises RequestError."""
    if not NAME.fullmatch(given):
        raise RequestError(
            400, "invalid_name", "name must be a SHA-256 and one of " + ", ".join(FORMS)
        )
    return given


def limit_of(given: str | None) -> int:
    """Read how many records are wanted; raises RequestError."""
    if given is None:
        return 100
    if not given.isdecimal() or not 1 <= int(given[:6]) <= MOST_LISTED:
        raise RequestError(400, "invalid_limit", f"limit must be 1 to {MOST_LISTED}")
    return int(given)


def after_of(given: str | None) -> tuple[str, str] | None:
    """Read where a list goes on, as <type>/<name>: the `next` of the page before."""
    if given is None:
        return None
    record_type, _, name = given.partition("/")
    return type_of(record_type), name_of(name)
