"""How far each request got, so that a repeated or interrupted delivery goes on from there.

One DynamoDB table (key `Id`): an item a request with a lease, the step reached and the answer once
it is decided; and an item a cluster with the configuration that was let through last.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import ClientError

from hpc.runtime.requests import Answer

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEEP_SECONDS = 30 * 24 * 3600


class BusyError(RuntimeError):
    """Another delivery of the same request is at work; try again later."""


@dataclass
class Entry:
    """What is known of a request."""

    started: float
    step: int = 0
    data: dict[str, str] = field(default_factory=dict)
    answer: Answer | None = None
    sent: bool = False


@dataclass(frozen=True)
class Accepted:
    """Fingerprints of the configurations let through last and before that, and the last itself."""

    now: str
    before: str
    configuration: Mapping[str, Any]


class Journal(Protocol):
    """What the engine needs of a journal."""

    def open(self, request: str, *, owner: str, now: float, lease: float) -> Entry:
        """Take or renew the lease of a request. Raises BusyError when another has it."""

    def save(self, request: str, entry: Entry) -> None:
        """Keep an entry."""

    def release(self, request: str, *, owner: str) -> None:
        """Give the lease back, if it is still the owner's."""

    def accepted(self, cluster: str) -> Accepted | None:
        """Return what was let through last for a cluster."""

    def accept(self, cluster: str, accepted: Accepted) -> None:
        """Remember what was let through."""


class TableJournal:
    """A journal in DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def open(self, request: str, *, owner: str, now: float, lease: float) -> Entry:
        """Take or renew the lease of a request. Raises BusyError when another has it."""
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key={"Id": {"S": f"request#{request}"}},
                UpdateExpression=(
                    "SET LeaseOwner = :owner, LeaseUntil = :until, Started = "
                    "if_not_exists(Started, :now), Expires = if_not_exists(Expires, :expires)"
                ),
                ConditionExpression=(
                    "attribute_not_exists(LeaseUntil) OR LeaseUntil < :now OR LeaseOwner = :owner"
                ),
                ExpressionAttributeValues={
                    ":owner": {"S": owner},
                    ":until": {"N": repr(now + lease)},
                    ":now": {"N": repr(now)},
                    ":expires": {"N": str(int(now) + KEEP_SECONDS)},
                },
                ReturnValues="ALL_NEW",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                raise BusyError(request) from None
            raise
        item = answer["Attributes"]
        return _entry(item["State"]["S"] if "State" in item else None, float(item["Started"]["N"]))

    def save(self, request: str, entry: Entry) -> None:
        """Keep an entry."""
        self._client.update_item(
            TableName=self._table,
            Key={"Id": {"S": f"request#{request}"}},
            UpdateExpression="SET #state = :state",
            ExpressionAttributeNames={"#state": "State"},
            ExpressionAttributeValues={":state": {"S": _text(entry)}},
        )

    def release(self, request: str, *, owner: str) -> None:
        """Give the lease back, if it is still the owner's."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key={"Id": {"S": f"request#{request}"}},
                UpdateExpression="REMOVE LeaseUntil, LeaseOwner",
                ConditionExpression="LeaseOwner = :owner",
                ExpressionAttributeValues={":owner": {"S": owner}},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise

    def accepted(self, cluster: str) -> Accepted | None:
        """Return what was let through last for a cluster."""
        answer = self._client.get_item(
            TableName=self._table, Key={"Id": {"S": f"cluster#{cluster}"}}, ConsistentRead=True
        )
        if "Item" not in answer:
            return None
        state = json.loads(answer["Item"]["State"]["S"])
        return Accepted(state["now"], state["before"], state["configuration"])

    def accept(self, cluster: str, accepted: Accepted) -> None:
        """Remember what was let through."""
        state = {
            "now": accepted.now,
            "before": accepted.before,
            "configuration": accepted.configuration,
        }
        self._client.put_item(
            TableName=self._table,
            Item={"Id": {"S": f"cluster#{cluster}"}, "State": {"S": json.dumps(state)}},
        )


def _text(entry: Entry) -> str:
    answer = entry.answer
    decided = (
        None
        if answer is None
        else {"success": answer.success, "reason": answer.reason, "data": dict(answer.data)}
    )
    return json.dumps(
        {"step": entry.step, "data": entry.data, "answer": decided, "sent": entry.sent}
    )


def _entry(text: str | None, started: float) -> Entry:
    if text is None:
        return Entry(started=started)
    state = json.loads(text)
    answer = state["answer"]
    return Entry(
        started=started,
        step=state["step"],
        data=state["data"],
        answer=Answer(**answer) if answer else None,
        sent=state["sent"],
    )
