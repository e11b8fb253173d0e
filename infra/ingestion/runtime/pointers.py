"""What travels on the stream: where a raw object is and how to read it, never the record itself."""

import json
import re
from dataclasses import asdict, dataclass

from infra.ingestion.runtime.deidentification import Format

SOURCE = re.compile(r"[a-z0-9-]{1,32}")
DIGEST = re.compile(r"[0-9a-f]{64}")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class PointerError(ValueError):
    """What came from the stream is not a pointer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """A raw object: `object` is the SHA-256 of its content, `received_day` a day in UTC."""

    bucket: str
    object: str
    format: Format
    source: str
    columns: str | None
    correlation_id: str
    received_day: str

    @property
    def key(self) -> str:
        """The raw object's key."""
        return f"raw/{self.source}/{self.object}"

    def to_bytes(self) -> bytes:
        """Write the pointer as JSON with sorted keys."""
        return json.dumps(asdict(self) | {"key": self.key}, sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Pointer":
        """Read a pointer. Raises PointerError, which does not quote what was read."""
        try:
            fields = json.loads(data)
            pointer = cls(
                bucket=str(fields["bucket"]),
                object=_matching(DIGEST, fields["object"]),
                format=Format(fields["format"]),
                source=_matching(SOURCE, fields["source"]),
                columns=fields["columns"],
                correlation_id=str(fields["correlation_id"]),
                received_day=_matching(DAY, fields["received_day"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise PointerError(f"not a pointer ({type(error).__name__})") from None
        return pointer


def _matching(pattern: re.Pattern[str], value: object) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError
    return value
