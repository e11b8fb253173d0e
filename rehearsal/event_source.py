"""Kinesis event sources of the local AWS, worked through as Lambda does.

ministack's own poller repeats a failing batch for ever and ignores partial batch responses,
bisecting, the retry limit and the failure destination. This one replaces it.
"""

import base64
import json
import logging
import threading
import time
from typing import Any

from ministack.core.arn import parse_arn
from ministack.core.concurrency import spawn_background
from ministack.core.responses import _request_account_id, _request_region
from ministack.services import kinesis, lambda_svc

from rehearsal.failure_destination import destination_of, invocation_record, put_message
from rehearsal.permissions import Permissions
from rehearsal.shard import GivenUp, Outcome, Record, Settings, Shard

logger = logging.getLogger("ministack")

# What Lambda needs of the function's role to read a stream for it.
_READ_ACTIONS = ("kinesis:DescribeStream", "kinesis:GetShardIterator", "kinesis:GetRecords")
_PAUSE = 0.05
_AT_ONCE = 2
"""Shards worked through at the same time; each needs a function's process of its own."""
Key = tuple[str, str]


class KinesisPoller:
    """Reads every enabled mapping's shards, each in order and all beside one another."""

    def __init__(self, permissions: Permissions) -> None:
        self._permissions = permissions
        self._shards: dict[Key, Shard] = {}
        self._busy: set[Key] = set()
        self._lock = threading.Lock()
        self._turns = threading.BoundedSemaphore(_AT_ONCE)

    def install(self) -> None:
        """Take the place of ministack's poller."""
        lambda_svc._poll_kinesis = self.poll

    def backlog(self) -> int:
        """Count the records that were put on a stream and are not finished."""
        unread = 0
        for account, region, mapping in lambda_svc._iter_all_esms():
            stream = _stream(mapping, account, region)
            if not stream:
                continue
            positions = lambda_svc._kinesis_positions.get_scoped(account, region, mapping["UUID"])
            for shard_id, shard in stream["shards"].items():
                unread += len(shard["records"]) - (positions or {}).get(shard_id, 0)
        with self._lock:
            return unread + sum(shard.waiting for shard in self._shards.values())

    def poll(self) -> bool:
        """Start a step for every shard that is free; return whether any was started."""
        started = False
        for account, region, mapping in lambda_svc._iter_all_esms():
            tokens = (_request_account_id.set(account), _request_region.set(region))
            try:
                started = self._poll_mapping(account, region, mapping) or started
            finally:
                _request_account_id.reset(tokens[0])
                _request_region.reset(tokens[1])
        return started

    def _poll_mapping(self, account: str, region: str, mapping: dict[str, Any]) -> bool:
        stream = _stream(mapping, account, region)
        if not stream or str(mapping.get("Enabled", True)).lower() == "false":
            return False
        function, _ = lambda_svc._get_func_record_for_qualifier(
            mapping["FunctionName"], mapping.get("Qualifier")
        )
        if function is None:
            return False
        role, arn = _role(mapping), stream["StreamARN"]
        if not all(self._permissions.permitted(role, action, arn) for action in _READ_ACTIONS):
            mapping["LastProcessingResult"] = "PROBLEM: the function's role may not read the stream"
            return False
        positions = lambda_svc._kinesis_positions.setdefault(mapping["UUID"], {})
        started = False
        for shard_id, shard in stream["shards"].items():
            latest = mapping.get("StartingPosition", "LATEST") == "LATEST"
            positions.setdefault(shard_id, len(shard["records"]) if latest else 0)
            key = (mapping["UUID"], shard_id)
            progress = self._progress(key, mapping, stream, shard_id, positions)
            unread = len(shard["records"]) > positions[shard_id]
            if (progress.waiting and progress.due()) or (unread and not progress.waiting):
                started = self._start(key, progress) or started
        return started

    def _progress(
        self,
        key: Key,
        mapping: dict[str, Any],
        stream: dict[str, Any],
        shard_id: str,
        positions: dict[str, int],
    ) -> Shard:
        with self._lock:
            if key not in self._shards:
                self._shards[key] = _shard(mapping, stream, shard_id, positions, self._permissions)
            self._shards[key].settings = Settings.of(mapping)
            return self._shards[key]

    def _step(self, progress: Shard) -> bool:
        with self._turns:
            return progress.step()

    def _start(self, key: Key, progress: Shard) -> bool:
        with self._lock:
            if key in self._busy:
                return False
            self._busy.add(key)

        def work() -> None:
            try:
                while self._step(progress):
                    pass
            finally:
                with self._lock:
                    self._busy.discard(key)
                time.sleep(_PAUSE)
                lambda_svc._esm_wake.set()

        spawn_background(work, thread_name=f"kinesis-{key[1][-4:]}")
        return True


def _stream(mapping: dict[str, Any], account: str, region: str) -> dict[str, Any] | None:
    arn = mapping.get("EventSourceArn", "")
    if not arn.startswith(f"arn:aws:kinesis:{region}:"):
        return None
    name = parse_arn(arn).resource.removeprefix("stream/")
    found: dict[str, Any] | None = kinesis._streams.get_scoped(account, region, name)
    return found if found and found["StreamStatus"] == "ACTIVE" else None


def _shard(
    mapping: dict[str, Any],
    stream: dict[str, Any],
    shard_id: str,
    positions: dict[str, int],
    permissions: Permissions,
) -> Shard:
    def read(limit: int) -> list[Record]:
        start = positions[shard_id]
        found = stream["shards"][shard_id]["records"][start : start + limit]
        positions[shard_id] = start + len(found)
        records = [_event_record(record, shard_id, stream) for record in found]
        return list(lambda_svc._apply_filter_criteria(records, mapping))

    def invoke(records: list[Record]) -> Outcome:
        function, _ = lambda_svc._get_func_record_for_qualifier(
            mapping["FunctionName"], mapping.get("Qualifier")
        )
        result = lambda_svc._execute_function(function, {"Records": records})
        mapping["LastProcessingResult"] = "PROBLEM" if result.get("error") else "OK"
        if result.get("throttle"):
            return Outcome(throttled=True)
        if result.get("error"):
            return Outcome(error=str(result.get("function_error") or "Unhandled"))
        return Outcome(body=_body(result.get("body")))

    def give_up(given_up: GivenUp) -> None:
        destination = destination_of(mapping)
        if destination and permissions.permitted(_role(mapping), "sqs:SendMessage", destination):
            record = invocation_record(mapping, stream, shard_id, given_up)
            put_message(destination, json.dumps(record))
        else:
            logger.warning("records given up are lost: no failure destination can be written to")

    return Shard(Settings.of(mapping), read, invoke, give_up)


def _body(body: Any) -> Any:
    if isinstance(body, bytes | str) and body:
        try:
            return json.loads(body)
        except ValueError:
            return body
    return body


def _event_record(record: dict[str, Any], shard_id: str, stream: dict[str, Any]) -> Record:
    data = record["Data"]
    raw = data if isinstance(data, bytes) else str(data).encode()
    try:
        # ministack keeps what came over the wire, which is base64 already.
        base64.b64decode(raw, validate=True)
        encoded = raw.decode("ascii")
    except ValueError:
        encoded = base64.b64encode(raw).decode("ascii")
    arn = stream["StreamARN"]
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": record["PartitionKey"],
            "sequenceNumber": record["SequenceNumber"],
            "data": encoded,
            "approximateArrivalTimestamp": record["ApproximateArrivalTimestamp"],
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{shard_id}:{record['SequenceNumber']}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": f"arn:aws:iam::{arn.split(':')[4]}:role/event-source",
        "awsRegion": arn.split(":")[3],
        "eventSourceARN": arn,
    }


def _role(mapping: dict[str, Any]) -> str:
    function, config = lambda_svc._get_func_record_for_qualifier(
        mapping["FunctionName"], mapping.get("Qualifier")
    )
    return str((config or (function or {}).get("config") or {}).get("Role", ""))
