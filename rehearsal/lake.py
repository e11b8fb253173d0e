"""What came out: objects, logs and events, read through the AWS APIs."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from rehearsal import records
from rehearsal.clients import client
from rehearsal.local_aws import LocalAws

_DIGEST = re.compile(r"/([0-9a-f]{64})(?:-\d+)?(?:\.(\w+))?$")
_READERS = 8


@dataclass(frozen=True)
class Object:
    """An object of a bucket."""

    key: str
    content: bytes

    @property
    def digest(self) -> str:
        """Return the upload it comes from."""
        found = _DIGEST.search(self.key)
        return found.group(1) if found else ""

    @property
    def records(self) -> int:
        """Count its records; a quarantined object is one."""
        found = _DIGEST.search(self.key)
        ending = found.group(2) if found else None
        return records.count(self.content, ending) if ending else 1


class Lake:
    """The deployed stack's stores, found by its outputs."""

    def __init__(self, aws: LocalAws, outputs: dict[str, str]) -> None:
        self._aws = aws
        self._outputs = outputs
        self._s3 = client(aws, "s3")
        self._logs = client(aws, "logs")
        self._sqs = client(aws, "sqs")
        self._queue = ""

    def released(self) -> list[Object]:
        """Return every de-identified object."""
        return self._objects("ImportantBucket")

    def quarantined(self) -> list[Object]:
        """Return every object in quarantine. Its content may well identify somebody."""
        return self._objects("QuarantineBucket")

    def _objects(self, output: str) -> list[Object]:
        bucket = self._outputs[output]
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        keys = [one["Key"] for page in pages for one in page.get("Contents", [])]

        def read(key: str) -> Object:
            return Object(key, self._s3.get_object(Bucket=bucket, Key=key)["Body"].read())

        with ThreadPoolExecutor(_READERS) as pool:
            return list(pool.map(read, keys))

    def log_lines(self) -> Iterator[str]:
        """Yield every line of every log group."""
        for group in self._logs.get_paginator("describe_log_groups").paginate():
            for one in group["logGroups"]:
                pages = self._logs.get_paginator("filter_log_events").paginate(
                    logGroupName=one["logGroupName"]
                )
                for page in pages:
                    yield from (event["message"] for event in page["events"])

    def listen(self) -> None:
        """Have a copy of every event of the bus put into a queue of our own."""
        events = client(self._aws, "events")
        bus = self._outputs["EventBusName"]
        self._queue = self._sqs.create_queue(QueueName="rehearsal-events")["QueueUrl"]
        attributes = self._sqs.get_queue_attributes(
            QueueUrl=self._queue, AttributeNames=["QueueArn"]
        )
        arn = attributes["Attributes"]["QueueArn"]
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self._sqs.set_queue_attributes(QueueUrl=self._queue, Attributes={"Policy": policy})
        pattern = json.dumps({"source": ["iryo.ingestion"]})
        events.put_rule(Name="rehearsal-events", EventBusName=bus, EventPattern=pattern)
        events.put_targets(
            Rule="rehearsal-events", EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn}]
        )

    def events(self) -> list[dict[str, Any]]:
        """Take what the queue has by now."""
        found = []
        while messages := self._sqs.receive_message(
            QueueUrl=self._queue, MaxNumberOfMessages=10
        ).get("Messages"):
            for message in messages:
                found.append(json.loads(message["Body"]))
                self._sqs.delete_message(
                    QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"]
                )
        return found


def by_upload(objects: Iterable[Object]) -> Counter[str]:
    """Count records by the upload they come from."""
    counted: Counter[str] = Counter()
    for one in objects:
        counted[one.digest] += one.records
    return counted
