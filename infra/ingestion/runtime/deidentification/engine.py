"""The de-identification engine: records of any format in, de-identified records out."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from datetime import date as Date  # noqa: N812

import orjson

from .columns import ColumnPolicy
from .errors import PolicyError, Reason, Rejected
from .fhir import FhirPolicy
from .fhir_lines import FhirLines, members_decoder
from .hl7v2 import Hl7Policy
from .policy import Policy, load_policy
from .pseudonyms import Pseudonyms
from .records import (
    MAX_RECORD_BYTES,
    Deidentified,
    Format,
    chunks,
    json_record,
    lines,
    messages,
    parsed,
)
from .tables import Row, Table, rows
from .values import Values

_NDJSON = Format.FHIR_NDJSON
_TOO_DEEP = "it is nested too deep"


class Deidentifier:
    """De-identifies records by a profile: its name, the path of one of your own, or a `Policy`.

    `key` (32 bytes or more) makes pseudonyms and date offsets: the same key gives the same ones.
    `columns` is needed for CSV. `today` decides which years tell an age above 89; absent, it is
    the day on which the engine is made.
    Raises PolicyError when profile, key or columns cannot be used.
    """

    def __init__(
        self,
        profile: str | Policy,
        key: bytes,
        *,
        columns: ColumnPolicy | None = None,
        today: Date | None = None,
    ) -> None:
        policy = load_policy(profile) if isinstance(profile, str) else profile
        pseudonyms = Pseudonyms(key, domain=policy.domain, shift_days=policy.shift_days)
        values = Values(policy, pseudonyms, today=today or datetime.now(UTC).date())
        self._fhir = FhirPolicy(policy, values)
        self._hl7 = Hl7Policy(policy, values)
        self._table = Table(columns, policy, values) if columns else None
        decode = None if self._fhir.scrubs else members_decoder()
        slow = self._slow_line
        self._line = FhirLines(self._fhir, decode).function(slow) if decode else slow

    def records(self, content: bytes | Iterable[bytes], format: Format) -> Iterator[bytes]:
        """Cut an upload into records, one at a time.

        Raises Rejected when there is none, when one is too large, or when the file as a whole
        cannot be read (encoding, quotes): then nothing of it should be kept.
        """
        empty = True
        for record in self._cut(chunks(content), format):
            empty = False
            yield record
        if empty:
            raise Rejected(Reason.EMPTY, "there is no record")

    def deidentify(self, record: bytes, format: Format) -> Deidentified:
        """De-identify one record. Raises Rejected when it belongs in quarantine."""
        if format is _NDJSON:
            return self._line(record)
        try:
            if format is Format.FHIR_JSON:
                return self._resource(record, b"}")
            return self._other(record, format)
        except (RecursionError, orjson.JSONEncodeError):
            # What was read can be written, except where it is deeper than the writer goes.
            raise Rejected(Reason.INVALID_JSON, _TOO_DEEP) from None

    def _slow_line(self, record: bytes) -> Deidentified:
        try:
            return self._resource(record, b"}\n")
        except (RecursionError, orjson.JSONEncodeError):
            # What was read can be written, except where it is deeper than the writer goes.
            raise Rejected(Reason.INVALID_JSON, _TOO_DEEP) from None

    def _other(self, record: bytes, format: Format) -> Deidentified:
        if len(record) > MAX_RECORD_BYTES:
            raise Rejected(Reason.TOO_LARGE, f"it has more than {MAX_RECORD_BYTES} bytes")
        if format is Format.HL7V2:
            return Deidentified(*self._hl7.message(record))
        table = self._needed_table()
        if isinstance(record, Row):
            return Deidentified(table.row(record), "csv")
        found = list(rows((record,), table.columns))
        if not found:
            raise Rejected(Reason.EMPTY, "there is no row below the header")
        return Deidentified(b"".join(table.row(row) for row in found), "csv")

    def _resource(self, record: bytes, end: bytes) -> Deidentified:
        size = len(record)
        if not 0 < size <= MAX_RECORD_BYTES:
            reason = Reason.TOO_LARGE if size else Reason.EMPTY
            raise Rejected(reason, f"it has {size} bytes of 1 to {MAX_RECORD_BYTES} allowed")
        if not record.isascii():
            _check_utf8(record)
        kept = self._fhir.record(parsed(record))
        return Deidentified(orjson.dumps(kept).removesuffix(b"}") + end, kept["resourceType"])

    def _cut(self, content: Iterable[bytes], format: Format) -> Iterator[bytes]:
        if format is Format.CSV:
            return rows(content, self._needed_table().columns)
        cutters = {
            Format.FHIR_JSON: json_record,
            Format.FHIR_NDJSON: lines,
            Format.HL7V2: messages,
        }
        return cutters[format](content)

    def _needed_table(self) -> Table:
        if self._table is None:
            raise PolicyError("CSV needs a column policy: which column holds what")
        return self._table


def _check_utf8(record: bytes) -> None:
    try:
        record.decode()
    except UnicodeDecodeError as error:
        raise Rejected(
            Reason.INVALID_ENCODING, f"FHIR is UTF-8; byte {error.start} is not"
        ) from None
