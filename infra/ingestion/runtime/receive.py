"""POST /records: check an upload, keep it and put a pointer to it on the stream."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyPersistenceLayerError,
)
from botocore.exceptions import BotoCoreError, ClientError

from infra.ingestion.runtime.clients import client
from infra.ingestion.runtime.deidentification import Rejected, validate
from infra.ingestion.runtime.events import Events, EventsNotSentError
from infra.ingestion.runtime.intake import ALREADY_RECEIVED, Intake
from infra.ingestion.runtime.observability import count, describe, logger, metrics, tracer
from infra.ingestion.runtime.pointers import Pointer
from infra.ingestion.runtime.quarantine import Origin, Quarantine, digest
from infra.ingestion.runtime.settings import ReceiveSettings
from infra.ingestion.runtime.uploads import (
    Description,
    RefusedError,
    body_of,
    decompress,
    describe_upload,
)

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

Response = dict[str, Any]
AWS_ERRORS = (
    BotoCoreError,
    ClientError,
    EventsNotSentError,
    IdempotencyPersistenceLayerError,
)


class Receiver:
    """Answers one request after another with the same clients."""

    def __init__(self, settings: ReceiveSettings) -> None:
        s3 = client("s3", attempts=4, read_timeout=8)
        self._settings = settings
        self._events = Events(
            client("events", attempts=4, read_timeout=4), bus=settings.event_bus_name
        )
        self._quarantine = Quarantine(s3, self._events, bucket=settings.quarantine_bucket)
        self._intake = Intake(
            s3=s3,
            kinesis=client("kinesis", attempts=4, read_timeout=4),
            dynamodb=client("dynamodb", attempts=4, read_timeout=4),
            stream=settings.stream_name,
            table=settings.idempotency_table,
        )

    def receive(self, event: Mapping[str, Any], context: "LambdaContext") -> Response:
        """Return the API's response; no error leaves here, whatever comes in."""
        correlation_id = str(event["requestContext"]["requestId"])
        try:
            return self._receive(event, context, correlation_id)
        except RefusedError as refused:
            count("UploadsRefused")
            logger.warning("refused", status=refused.status, reason=refused.reason)
            return _problem(refused.status, refused.reason, refused.detail, correlation_id)
        except IdempotencyAlreadyInProgressError:
            count("UploadsInProgress")
            logger.info("the same upload is being received")
            detail = "the same content is being received right now; ask again in 30 seconds"
            return _problem(409, "in_progress", detail, correlation_id, retry_after=30)
        except AWS_ERRORS as error:
            count("UploadsFailed")
            logger.error("could not store the upload", **describe(error))
            detail = "the upload could not be stored; send it again"
            return _problem(503, "unavailable", detail, correlation_id, retry_after=5)
        except Exception as error:  # the runtime would log the message, which may quote a record
            count("UploadsFailed")
            logger.error("unexpected error", **describe(error))
            detail = "the upload was not stored; report the correlation id"
            return _problem(500, "internal_error", detail, correlation_id)
        finally:
            self._events.clear()

    def _receive(
        self, event: Mapping[str, Any], context: "LambdaContext", correlation_id: str
    ) -> Response:
        described = describe_upload(event.get("headers"))
        body = body_of(event)
        logger.append_keys(source=described.source, format=described.format.value)
        content = body
        try:
            content = decompress(body) if described.gzip else body
            validate(content, described.format)
        except Rejected as rejected:
            return self._reject(content, described, rejected, correlation_id)
        pointer = Pointer(
            bucket=self._settings.confidential_bucket,
            object=digest(content),
            format=described.format,
            source=described.source,
            columns=described.columns,
            correlation_id=correlation_id,
            received_day=_today(),
        )
        logger.append_keys(object=pointer.object)
        answer = self._intake.accept(content, pointer, context)
        repeated = answer["status"] == ALREADY_RECEIVED
        count("UploadsRepeated" if repeated else "UploadsAccepted")
        logger.info("received", status=answer["status"], bytes=len(content))
        return _response(202, answer, answer["correlation_id"])

    def _reject(
        self, content: bytes, described: Description, rejected: Rejected, correlation_id: str
    ) -> Response:
        origin = Origin(
            object=digest(content),
            source=described.source,
            format=described.format.value,
            day=_today(),
            correlation_id=correlation_id,
        )
        self._quarantine.keep(content, origin=origin, reason=rejected.reason.value)
        self._events.flush()
        count("UploadsRejected")
        return _problem(422, rejected.reason.value, rejected.detail, correlation_id)


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _problem(
    status: int, reason: str, detail: str, correlation_id: str, *, retry_after: int | None = None
) -> Response:
    body = {"reason": reason, "detail": detail, "correlation_id": correlation_id}
    response = _response(status, body, correlation_id)
    if retry_after is not None:
        response["headers"]["Retry-After"] = str(retry_after)
    return response


def _response(status: int, body: Mapping[str, str], correlation_id: str) -> Response:
    return {
        "statusCode": status,
        "headers": {
            "Content-Type": "application/json",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "X-Correlation-Id": correlation_id,
        },
        "body": json.dumps(body),
        "isBase64Encoded": False,
    }


@lru_cache(maxsize=1)
def receiver() -> Receiver:
    """Return the receiver of this execution environment."""
    return Receiver(ReceiveSettings.read())


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_REST, clear_state=True
)
@tracer.capture_lambda_handler(capture_response=False, capture_error=False)
@metrics.log_metrics
def handler(event: dict[str, Any], context: "LambdaContext") -> Response:
    """Lambda entry point; `event` is a proxy request of API Gateway."""
    return receiver().receive(event, context)
