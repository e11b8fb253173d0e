"""Offers raw objects to the stream again: after a mended policy, or for what Lambda gave up on."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from infra.ingestion.runtime.deidentification import Format
from infra.ingestion.runtime.pointers import Pointer

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

ENTRIES = 500
"""PutRecords takes at most 500 records a call."""
ATTEMPTS = 5


class ReplayError(RuntimeError):
    """The stream refused pointers again and again; the message is a sentence."""


def is_day(text: str) -> bool:
    """Tell whether text is a day as YYYY-MM-DD."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def replay(
    s3: "S3Client",
    kinesis: Any,
    *,
    bucket: str,
    stream: str,
    source: str | None = None,
    day: str | None = None,
) -> int:
    """Put a pointer to each raw object on the stream and return how many.

    `source` and `day` (of receipt, YYYY-MM-DD in UTC) choose; without them it is every object.
    Replaying writes the same de-identified objects again, so too much does no harm. Raises
    ReplayError, and what botocore raises.
    """
    batch: list[dict[str, Any]] = []
    sent = 0
    for pointer in raw_objects(s3, bucket=bucket, source=source):
        if day is not None and pointer.received_day != day:
            continue
        batch.append({"Data": pointer.to_bytes(), "PartitionKey": pointer.object})
        if len(batch) == ENTRIES:
            _put(kinesis, stream, batch)
            sent, batch = sent + len(batch), []
    if batch:
        _put(kinesis, stream, batch)
    return sent + len(batch)


def raw_objects(s3: "S3Client", *, bucket: str, source: str | None = None) -> Iterator[Pointer]:
    """Yield a pointer for each raw object, from what was noted with it at its receipt."""
    prefix = f"raw/{source}/" if source else "raw/"
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for item in page.get("Contents", []):
            noted = s3.head_object(Bucket=bucket, Key=item["Key"])["Metadata"]
            yield Pointer(
                bucket=bucket,
                object=item["Key"].rsplit("/", 1)[-1],
                format=Format(noted["format"]),
                source=noted["source"],
                columns=noted.get("column-policy"),
                correlation_id=noted["correlation-id"],
                received_day=noted["received-day"],
            )


def _put(kinesis: Any, stream: str, records: list[dict[str, Any]]) -> None:
    for _ in range(ATTEMPTS):
        answer = kinesis.put_records(StreamName=stream, Records=records)
        if not answer["FailedRecordCount"]:
            return
        results = zip(records, answer["Records"], strict=True)
        records = [record for record, result in results if "ErrorCode" in result]
    raise ReplayError(f"the stream {stream} refused {len(records)} pointers {ATTEMPTS} times")
