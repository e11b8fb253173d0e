"""The ingestion room's AWS resources, in memory, and the two handlers over them."""

import base64
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber

# Imported while sockets are still open: the X-Ray library makes one, though nothing uses it here.
from infra.ingestion.runtime import deidentify, receive
from infra.ingestion.runtime.clients import client
from infra.ingestion.runtime.observability import logger

REGION = "ap-northeast-1"
BUCKETS = {name: f"iryo-test-{name}" for name in ("confidential", "important", "quarantine")}
KEY = "k" * 64
CORRELATION_ID = "11111111-2222-4333-8444-555555555555"

# A synthetic person; nothing of it may be seen in a log, an error or an event.
IDENTIFIERS = ("Zylberstein", "Quirinus", "999-88-7777", "MRN-4711-0815", "19470311", "1947-03-11")
PATIENT = {
    "resourceType": "Patient",
    "id": "MRN-4711-0815",
    "identifier": [{"system": "http://hl7.org/fhir/sid/us-ssn", "value": "999-88-7777"}],
    "name": [{"family": "Zylberstein", "given": ["Quirinus"]}],
    "birthDate": "1947-03-11",
    "gender": "male",
}
OBSERVATION = {
    "resourceType": "Observation",
    "id": "o1",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "718-7"}]},
    "subject": {"reference": "Patient/MRN-4711-0815"},
    "valueQuantity": {"value": 13.5, "unit": "g/dL"},
}
HL7 = (
    b"MSH|^~\\&|HIS|TEST|IRYO|TEST|20260101120000||ADT^A01^ADT_A01|1|P|2.5.1||||||UNICODE UTF-8\r"
    b"EVN|A01|20260101120000\r"
    b"PID|1||MRN-4711-0815^^^TEST^MR||Zylberstein^Quirinus||19470311|M\r"
    b"PV1|1|I\r"
)
SHIFT_JIS = "受診者番号,氏名,受診日,体重\r\n0815,田中太郎,2024-01-05,61.5\r\n".encode("shift_jis")
THROTTLED_XML = b"<Error><Code>SlowDown</Code><Message>later</Message></Error>"
THROTTLED_JSON = b'{"__type": "ThrottlingException"}'


@cache
def plain(service: str) -> Any:
    """A client; making one takes longer than a test."""
    return boto3.client(service, region_name=REGION)  # type: ignore[call-overload]


made_once = cache(client)


class KilledError(BaseException):
    """The execution environment is gone; no handler of ours catches it."""


def ndjson(*resources: object) -> bytes:
    return b"".join(
        (one if isinstance(one, bytes) else json.dumps(one).encode()) + b"\n" for one in resources
    )


class Context(SimpleNamespace):
    """As much of a Lambda context as the functions look at."""

    def __init__(self, remaining: int = 20_000) -> None:
        super().__init__(
            function_name="test",
            memory_limit_in_mb=1024,
            invoked_function_arn=f"arn:aws:lambda:{REGION}:123456789012:function:test",
            aws_request_id="request",
        )
        self.remaining = remaining

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining


class Room:
    """Buckets, stream, table, bus and secret under moto."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.logs = io.StringIO()
        logger.registered_handler.setStream(self.logs)  # type: ignore[attr-defined]
        self.events: list[dict[str, Any]] = []
        self.refused = 0
        self._hooks: dict[str, Callable[[], AWSResponse | None]] = {}
        self._make()
        self._environment(monkeypatch)
        self._stand_before_moto(monkeypatch)
        for module in (receive, deidentify):
            monkeypatch.setattr(module, "client", made_once)
        monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
        receive.receiver.cache_clear()
        deidentify.worker.cache_clear()

    def _stand_before_moto(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let hooks see, refuse or kill a call before the AWS of moto does it."""
        real = BotocoreStubber.__call__

        def call(stubber: BotocoreStubber, event_name: str, request: Any, **rest: Any) -> Any:
            hook = self._hooks.get(event_name.removeprefix("before-send."))
            refusal = hook() if hook else None
            if refusal:
                return refusal
            if event_name == "before-send.eventbridge.PutEvents":
                self.events += json.loads(request.body)["Entries"]
            return real(stubber, event_name, request, **rest)

        monkeypatch.setattr(BotocoreStubber, "__call__", call)

    def _make(self) -> None:
        self.s3 = plain("s3")
        for bucket in BUCKETS.values():
            self.s3.create_bucket(
                Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
            )
            self.s3.put_bucket_versioning(
                Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}
            )
        self.kinesis = plain("kinesis")
        self.kinesis.create_stream(StreamName="pointers", ShardCount=1)
        plain("dynamodb").create_table(
            TableName="uploads",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        plain("events").create_event_bus(Name="bus")
        plain("secretsmanager").create_secret(Name="pseudonym-key", SecretString=KEY)

    @staticmethod
    def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in {
            "CONFIDENTIAL_BUCKET": BUCKETS["confidential"],
            "IMPORTANT_BUCKET": BUCKETS["important"],
            "QUARANTINE_BUCKET": BUCKETS["quarantine"],
            "STREAM_NAME": "pointers",
            "EVENT_BUS_NAME": "bus",
            "IDEMPOTENCY_TABLE": "uploads",
            "PSEUDONYM_KEY_SECRET": "pseudonym-key",
            "PROFILE": "safe_harbor",
        }.items():
            monkeypatch.setenv(name, value)

    def on(self, operation: str, hook: Callable[[], AWSResponse | None]) -> None:
        """Call a hook before each attempt of an operation, named as botocore's events do."""
        self._hooks[operation] = hook

    def fail(self, operation: str, *, times: int, after: int = 0) -> None:
        """Let AWS refuse a number of attempts of an operation, the first `after` excepted."""
        left, good = [times], [after]

        def refuse() -> AWSResponse | None:
            good[0] -= 1
            if good[0] >= 0 or not left[0]:
                return None
            left[0] -= 1
            self.refused += 1
            body = THROTTLED_XML if operation.startswith("s3.") else THROTTLED_JSON
            return AWSResponse("https://aws", 503, HTTPHeaders(), Raw(body))

        self.on(operation, refuse)

    def kill(self, operation: str, *, before: int = 1) -> None:
        """Kill the function once, just before an attempt of an operation."""
        left = [before]

        def die() -> None:
            left[0] -= 1
            if left[0] == 0:
                raise KilledError

        self.on(operation, die)

    def post(
        self,
        body: bytes,
        content_type: str = "application/fhir+json",
        *,
        context: Context | None = None,
        **headers: str,
    ) -> tuple[int, dict[str, Any]]:
        """Send an upload; keyword `x_source` is the header X-Source."""
        event = {
            "httpMethod": "POST",
            "headers": {"content-type": content_type}
            | {name.replace("_", "-"): value for name, value in headers.items()},
            "requestContext": {"requestId": CORRELATION_ID},
            "body": base64.b64encode(body).decode(),
            "isBase64Encoded": True,
        }
        response = receive.handler(event, context or Context())
        return response["statusCode"], json.loads(response["body"])

    def pointers(self) -> list[bytes]:
        """Everything on the stream, oldest first."""
        shard = self.kinesis.list_shards(StreamName="pointers")["Shards"][0]["ShardId"]
        iterator = self.kinesis.get_shard_iterator(
            StreamName="pointers", ShardId=shard, ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        return [one["Data"] for one in self.kinesis.get_records(ShardIterator=iterator)["Records"]]

    def deidentify(self, pointers: list[bytes] | None = None) -> list[str]:
        """Hand pointers to the function, as the stream does; return what it wants again."""
        given = self.pointers() if pointers is None else pointers
        event = {
            "Records": [
                {
                    "eventSource": "aws:kinesis",
                    "kinesis": {
                        "sequenceNumber": str(number),
                        "partitionKey": "p",
                        "data": base64.b64encode(data).decode(),
                        "approximateArrivalTimestamp": datetime.now(UTC).timestamp(),
                    },
                }
                for number, data in enumerate(given)
            ]
        }
        answer = deidentify.handler(event, Context())
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def objects(self, bucket: str) -> dict[str, bytes]:
        """Content by key."""
        found = self.s3.list_objects_v2(Bucket=BUCKETS[bucket]).get("Contents", [])
        return {
            one["Key"]: self.s3.get_object(Bucket=BUCKETS[bucket], Key=one["Key"])["Body"].read()
            for one in found
        }

    def details(self, detail_type: str) -> list[dict[str, Any]]:
        """Details of the events of a type."""
        return [
            json.loads(entry["Detail"])
            for entry in self.events
            if entry["DetailType"] == detail_type
        ]


class Raw(io.BytesIO):
    """A body as urllib3 hands it over."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.getvalue()


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        yield Room(monkeypatch)
