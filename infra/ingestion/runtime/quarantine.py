"""Where goes what cannot be read: the record as it was, under its reason, and an event."""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.ingestion.runtime.events import QUARANTINED, Events
from infra.ingestion.runtime.observability import count, logger

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a quarantined record comes from. `object` is the SHA-256 of the whole upload."""

    object: str
    source: str
    format: str
    day: str
    correlation_id: str


class Quarantine:
    """Keeps rejected records; the same record has the same key, so a repeat overwrites it."""

    def __init__(self, s3: "S3Client", events: Events, *, bucket: str) -> None:
        self._s3 = s3
        self._events = events
        self._bucket = bucket

    def keep(
        self, content: bytes, *, origin: Origin, reason: str, record: int | None = None
    ) -> str:
        """Store content, add its event and return its key.

        `record` is the place of the record in its upload, from 0; without it, it is the whole.
        Raises what botocore raises.
        """
        key = self._key(origin, reason, record)
        self._s3.put_object(
            Bucket=self._bucket,
            Key=key,
            Body=content,
            Metadata=self._metadata(origin, reason),
        )
        self._announce(key, origin, reason, record)
        return key

    def keep_copy(self, bucket: str, key: str, *, origin: Origin, reason: str) -> str:
        """Keep a whole raw object by copying it inside S3. Raises what botocore raises."""
        target = self._key(origin, reason, None)
        self._s3.copy_object(
            Bucket=self._bucket,
            Key=target,
            CopySource={"Bucket": bucket, "Key": key},
            MetadataDirective="REPLACE",
            Metadata=self._metadata(origin, reason),
        )
        self._announce(target, origin, reason, None)
        return target

    @staticmethod
    def _key(origin: Origin, reason: str, record: int | None) -> str:
        name = origin.object if record is None else f"{origin.object}-{record}"
        return f"reason={reason}/source={origin.source}/day={origin.day}/{name}"

    @staticmethod
    def _metadata(origin: Origin, reason: str) -> dict[str, str]:
        return {
            "reason": reason,
            "source": origin.source,
            "format": origin.format,
            "correlation-id": origin.correlation_id,
        }

    def _announce(self, key: str, origin: Origin, reason: str, record: int | None) -> None:
        self._events.add(
            QUARANTINED,
            {
                "bucket": self._bucket,
                "key": key,
                "object": origin.object,
                "record": record,
                "reason": reason,
                "source": origin.source,
                "format": origin.format,
                "correlation_id": origin.correlation_id,
            },
        )
        count("RecordsQuarantined")
        logger.warning("quarantined", reason=reason, record=record)


def digest(content: bytes) -> str:
    """Return the SHA-256 of content in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
