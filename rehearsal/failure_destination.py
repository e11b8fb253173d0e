"""Where an event source sends what it gave up: a queue, with AWS's invocation record."""

import hashlib
import time
from datetime import UTC, datetime
from typing import Any

from ministack.core.responses import new_uuid
from ministack.services import sqs

from rehearsal.shard import GivenUp


def destination_of(mapping: dict[str, Any]) -> str | None:
    """Return the queue that a mapping names as its failure destination."""
    settings = (mapping.get("DestinationConfig") or {}).get("OnFailure") or {}
    destination = str(settings.get("Destination", ""))
    return destination if destination.startswith("arn:aws:sqs:") else None


def put_message(queue_arn: str, body: str) -> None:
    """Put a message into a queue, as the Lambda service."""
    now = time.time()
    unset = ("receipt_handle", "first_receive_at", "group_id", "dedup_id", "dedup_cache_key", "seq")
    sqs._queue_by_arn(queue_arn)["messages"].append(
        {
            **dict.fromkeys(unset),
            "id": new_uuid(),
            "body": body,
            "md5_body": hashlib.md5(body.encode(), usedforsecurity=False).hexdigest(),
            "md5_attrs": "",
            "sent_at": now,
            "visible_at": now,
            "receive_count": 0,
            "message_attributes": {},
            "sys": {"SentTimestamp": str(int(now * 1000))},
        }
    )


def invocation_record(
    mapping: dict[str, Any], stream: dict[str, Any], shard_id: str, given_up: GivenUp
) -> dict[str, Any]:
    """Say where the records are that were given up, as AWS does; never what they hold."""
    first, last = given_up.records[0]["kinesis"], given_up.records[-1]["kinesis"]
    return {
        "requestContext": {
            "requestId": new_uuid(),
            "functionArn": mapping["FunctionArn"],
            "condition": given_up.condition.value,
            "approximateInvokeCount": given_up.invocations,
        },
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": "Unhandled",
        },
        "version": "1.0",
        "timestamp": _iso(time.time()),
        "KinesisBatchInfo": {
            "shardId": shard_id,
            "startSequenceNumber": first["sequenceNumber"],
            "endSequenceNumber": last["sequenceNumber"],
            "approximateArrivalOfFirstRecord": _iso(first["approximateArrivalTimestamp"]),
            "approximateArrivalOfLastRecord": _iso(last["approximateArrivalTimestamp"]),
            "batchSize": len(given_up.records),
            "streamArn": stream["StreamARN"],
        },
    }


def _iso(seconds: Any) -> str:
    return datetime.fromtimestamp(float(seconds), UTC).isoformat().replace("+00:00", "Z")
