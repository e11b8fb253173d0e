"""An accepted upload becomes one raw object and one pointer, however often it is sent."""

import base64
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.persistence.datarecord import DataRecord
from botocore.exceptions import ClientError

from infra.ingestion.runtime.pointers import Pointer

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

ACCEPTED = "accepted"
ALREADY_RECEIVED = "already_received"
REMEMBERED = 24 * 60 * 60
"""Seconds for which a repeated upload is answered from memory; later it is processed again, to
the same objects."""
SAME_UPLOAD = "[bucket, object, format, source, columns]"
"""JMESPath over a pointer: uploads alike in these are one upload."""


class Intake:
    """Writes the raw object, then the pointer, then remembers that both are there.

    A crash anywhere before the end leaves nothing remembered, so the caller's repeat does what is
    missing: the raw object is found to be there, the pointer is sent.
    """

    def __init__(
        self,
        *,
        s3: "S3Client",
        kinesis: Any,
        dynamodb: "DynamoDBClient",
        stream: str,
        table: str,
    ) -> None:
        self._s3 = s3
        self._kinesis = kinesis
        self._stream = stream
        self._memory = IdempotencyConfig(
            event_key_jmespath=SAME_UPLOAD,
            raise_on_no_idempotency_key=True,
            expires_after_seconds=REMEMBERED,
            hash_function="sha256",
            response_hook=_already_received,
        )
        self._once = idempotent_function(
            self._store,
            data_keyword_argument="pointer",
            persistence_store=DynamoDBPersistenceLayer(table, boto3_client=dynamodb),
            config=self._memory,
            key_prefix="intake",
        )

    def accept(self, content: bytes, pointer: Pointer, context: "LambdaContext") -> dict[str, str]:
        """Store an upload once; return its `object`, `status` and first `correlation_id`.

        Raises IdempotencyAlreadyInProgressError while the same upload is being stored,
        IdempotencyPersistenceLayerError and botocore's errors when AWS could not do it.
        """
        self._memory.register_lambda_context(context)
        answer: dict[str, str] = self._once(content=content, pointer=pointer)
        return answer

    def _store(self, *, content: bytes, pointer: Pointer) -> dict[str, str]:
        self._put_raw(content, pointer)
        self._kinesis.put_record(
            StreamName=self._stream, PartitionKey=pointer.object, Data=pointer.to_bytes()
        )
        return {
            "object": pointer.object,
            "status": ACCEPTED,
            "correlation_id": pointer.correlation_id,
        }

    def _put_raw(self, content: bytes, pointer: Pointer) -> None:
        metadata = {
            "received-day": pointer.received_day,
            "format": pointer.format.value,
            "source": pointer.source,
            "correlation-id": pointer.correlation_id,
        }
        if pointer.columns:
            metadata["column-policy"] = pointer.columns
        try:
            self._s3.put_object(
                Bucket=pointer.bucket,
                Key=pointer.key,
                Body=content,
                IfNoneMatch="*",
                ChecksumSHA256=base64.b64encode(bytes.fromhex(pointer.object)).decode(),
                Metadata=metadata,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise


def _already_received(
    response: dict[str, str],
    idempotent_data: DataRecord,  # noqa: ARG001 (Powertools passes it by this name)
) -> dict[str, str]:
    return response | {"status": ALREADY_RECEIVED}
