"""Stream of pointers in, de-identified objects and events out.

Whatever AWS could not do right now is raised, so that the stream offers the pointer again; what
cannot ever succeed goes to quarantine, so that it blocks nobody. Every key is a function of the
upload, so doing a pointer twice, or half and then again, ends in the same objects.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.kinesis_stream_event import KinesisStreamRecord
from botocore.exceptions import BotoCoreError, ClientError

from infra.ingestion.runtime.clients import client
from infra.ingestion.runtime.column_policies import column_policy
from infra.ingestion.runtime.deidentification import Deidentifier, Rejected
from infra.ingestion.runtime.events import DEIDENTIFIED, Events, EventsNotSentError
from infra.ingestion.runtime.observability import count, describe, logger, metrics, tracer
from infra.ingestion.runtime.outputs import Outputs
from infra.ingestion.runtime.pointers import Pointer, PointerError
from infra.ingestion.runtime.quarantine import Origin, Quarantine, digest
from infra.ingestion.runtime.settings import MAX_REJECTED, DeidentifySettings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

CHUNK = 256 * 1024


class UnreadableError(RuntimeError):
    """The raw object could not be read to its end this time."""


TRANSIENT = (BotoCoreError, ClientError, EventsNotSentError, UnreadableError)


class Worker:
    """De-identifies one pointer after another with the same clients and key."""

    def __init__(self, settings: DeidentifySettings) -> None:
        self._settings = settings
        self._s3 = client("s3", attempts=8, read_timeout=30)
        self._events = Events(
            client("events", attempts=6, read_timeout=10), bus=settings.event_bus_name
        )
        self._quarantine = Quarantine(self._s3, self._events, bucket=settings.quarantine_bucket)
        secret = client("secretsmanager", attempts=6, read_timeout=10).get_secret_value(
            SecretId=settings.pseudonym_key_secret
        )
        self._key = secret["SecretString"].encode()
        # Whose age is above 89 is judged on the day of receipt, so that a replay ends the same.
        self._engine = lru_cache(maxsize=8)(self._make_engine)

    def process(self, data: bytes, arrived: str) -> None:
        """De-identify what a pointer points to; `arrived` is the day it came, YYYY-MM-DD.

        Raises one of TRANSIENT when it should be offered again.
        """
        self._events.clear()
        try:
            pointer = Pointer.from_bytes(data)
        except PointerError:
            origin = _unknown(data, arrived)
            self._quarantine.keep(data, origin=origin, reason="invalid_pointer")
        else:
            with logger.append_context_keys(
                object=pointer.object,
                source=pointer.source,
                correlation_id=pointer.correlation_id,
            ):
                self._process(pointer)
        self._events.flush()

    def _process(self, pointer: Pointer) -> None:
        try:
            raw = self._s3.get_object(Bucket=self._settings.confidential_bucket, Key=pointer.key)
        except self._s3.exceptions.NoSuchKey:
            origin = _origin(pointer, pointer.received_day)
            self._quarantine.keep(pointer.to_bytes(), origin=origin, reason="missing_object")
            return
        origin = _origin(pointer, raw["Metadata"].get("received-day", pointer.received_day))
        try:
            with Outputs(format=pointer.format, origin=origin) as outputs:
                rejected = self._fill(outputs, raw["Body"], pointer, origin)
                objects = list(outputs.store(self._s3, self._settings.important_bucket))
        except TRANSIENT:
            raise
        except Rejected as error:
            self._keep_whole(pointer, origin, error.reason.value)
        except Exception as error:  # a fault of ours must not block the stream
            logger.error("unexpected error", **describe(error))
            self._keep_whole(pointer, origin, "internal_error")
        else:
            self._announce(pointer, objects, rejected)

    def _fill(self, outputs: Outputs, body: Any, pointer: Pointer, origin: Origin) -> int:
        """De-identify record by record; return how many were rejected."""
        engine = self._engine(pointer.columns, origin.day)
        rejected = 0
        for number, record in enumerate(engine.records(_chunks(body), pointer.format)):
            try:
                outputs.add(engine.deidentify(record, pointer.format))
                continue
            except Rejected as error:
                reason = error.reason.value
            except Exception as error:  # a record that breaks the engine is no reason to stop
                logger.error("unexpected error in a record", **describe(error))
                reason = "internal_error"
            rejected += 1
            if rejected <= MAX_REJECTED:
                self._quarantine.keep(record, origin=origin, reason=reason, record=number)
        if rejected > MAX_REJECTED:
            self._keep_whole(pointer, origin, "too_many_rejected")
        return rejected

    def _keep_whole(self, pointer: Pointer, origin: Origin, reason: str) -> None:
        self._quarantine.keep_copy(
            self._settings.confidential_bucket, pointer.key, origin=origin, reason=reason
        )

    def _announce(self, pointer: Pointer, objects: list[dict[str, Any]], rejected: int) -> None:
        records = sum(item["records"] for item in objects)
        if records:
            self._events.add(
                DEIDENTIFIED,
                {
                    "object": pointer.object,
                    "source": pointer.source,
                    "format": pointer.format.value,
                    "profile": self._settings.profile,
                    "objects": objects,
                    "records": records,
                    "quarantined": rejected,
                    "correlation_id": pointer.correlation_id,
                },
            )
            count("RecordsDeidentified", records)
        logger.info("de-identified", records=records, quarantined=rejected)

    def _make_engine(self, columns: str | None, day: str) -> Deidentifier:
        return Deidentifier(
            self._settings.profile,
            self._key,
            columns=column_policy(columns) if columns else None,
            today=date.fromisoformat(day),
        )


def _chunks(body: Any) -> Iterator[bytes]:
    """Read a raw object piece by piece; a broken connection is not the record's fault."""
    try:
        yield from body.iter_chunks(CHUNK)
    except Exception as error:
        raise UnreadableError from error


def _origin(pointer: Pointer, day: str) -> Origin:
    return Origin(
        object=pointer.object,
        source=pointer.source,
        format=pointer.format.value,
        day=day,
        correlation_id=pointer.correlation_id,
    )


def _unknown(data: bytes, day: str) -> Origin:
    return Origin(
        object=digest(data), source="unknown", format="unknown", day=day, correlation_id="unknown"
    )


@lru_cache(maxsize=1)
def worker() -> Worker:
    """Return the worker of this execution environment. Raises what botocore raises."""
    return Worker(DeidentifySettings.read())


def process_record(record: KinesisStreamRecord) -> None:
    """De-identify one record of the stream. Raises when it should be offered again."""
    kinesis = record.kinesis
    with logger.append_context_keys(sequence_number=kinesis.sequence_number):
        try:
            worker().process(kinesis.data_as_bytes(), _day(kinesis.approximate_arrival_timestamp))
        except Exception as error:
            count("PointersRetried")
            logger.error("will be tried again", **describe(error))
            raise


def _day(timestamp: float) -> str:
    return datetime.fromtimestamp(timestamp, UTC).date().isoformat()


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
@metrics.log_metrics
def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Lambda entry point; `event` is a batch of the stream. Returns what is to be tried again."""
    processor = BatchProcessor(
        event_type=EventType.KinesisDataStreams, raise_on_entire_batch_failure=False
    )
    return dict(
        process_partial_response(
            event=event, record_handler=process_record, processor=processor, context=context
        )
    )
