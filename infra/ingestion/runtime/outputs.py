"""De-identified records on their way into the lake: one object a record type."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from infra.ingestion.runtime.deidentification import Deidentified, Format
from infra.ingestion.runtime.quarantine import Origin

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

IN_MEMORY = 1024 * 1024
"""Bytes of a record type that are held in memory; more goes to the function's own disk."""
EXTENSIONS = {
    Format.FHIR_JSON: "json",
    Format.FHIR_NDJSON: "ndjson",
    Format.HL7V2: "hl7",
    Format.CSV: "csv",
}
RECORD_TYPE = re.compile(r"[A-Za-z0-9_]{1,64}")


class Outputs:
    """Collects the records of one upload by type; nothing is written before `store`.

    The keys depend on the upload and the day it was received only, so a replay writes the same
    objects again.
    """

    def __init__(self, *, format: Format, origin: Origin) -> None:
        self._format = format
        self._origin = origin
        self._files: dict[str, SpooledTemporaryFile[bytes]] = {}
        self._counts: dict[str, int] = {}
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    def add(self, record: Deidentified) -> None:
        """Append a record. Raises ValueError when its type cannot be part of a key."""
        kind = record.record_type
        if kind not in self._files:
            if not RECORD_TYPE.fullmatch(kind):
                raise ValueError("a record type must be letters, digits and underscores")
            self._files[kind] = self._open.enter_context(
                SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (the stack closes it)
            )
            self._counts[kind] = 0
        self._files[kind].write(record.content)
        self._counts[kind] += 1

    def store(self, s3: "S3Client", bucket: str) -> Iterator[dict[str, Any]]:
        """Write the objects and yield bucket, key, type and number of records of each.

        Raises what botocore raises.
        """
        for kind in sorted(self._files):
            file = self._files[kind]
            file.seek(0)
            key = self._key(kind)
            s3.put_object(Bucket=bucket, Key=key, Body=file)
            yield {"bucket": bucket, "key": key, "type": kind, "records": self._counts[kind]}

    def _key(self, kind: str) -> str:
        origin = self._origin
        name = f"{origin.object}.{EXTENSIONS[self._format]}"
        return f"source={origin.source}/type={kind}/day={origin.day}/{name}"
