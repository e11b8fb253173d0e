"""What CloudFormation asks a custom resource, and the answer it waits for.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
"""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LONGEST_REASON = 1000
GONE = (403, 404, 410)
"""The answer's address has expired: CloudFormation stopped waiting."""


@dataclass(frozen=True)
class Request:
    """One request; CloudFormation may deliver it more than once."""

    kind: str
    """Create, Update or Delete."""
    id: str
    resource: str
    """Type, for example Custom::ClusterGate."""
    properties: Mapping[str, Any]
    event: Mapping[str, Any]

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> "Request":
        """Read an event."""
        return cls(
            kind=event["RequestType"],
            id=event["RequestId"],
            resource=event["ResourceType"],
            properties=event["ResourceProperties"],
            event=event,
        )

    @property
    def cluster(self) -> str:
        """Name of the cluster."""
        return str(self.properties.get("ClusterName", ""))

    @property
    def deletes(self) -> bool:
        """Whether the resource goes away: then nothing may stand in the way."""
        return self.kind == "Delete"


@dataclass(frozen=True)
class Answer:
    """What became of a request."""

    success: bool
    reason: str = ""
    data: Mapping[str, str] = field(default_factory=dict)

    def body(self, request: Request) -> bytes:
        """Return the answer as CloudFormation takes it; the physical id never changes."""
        event = request.event
        name = f"{request.resource.rpartition(':')[2]}-{request.cluster}"
        answer: dict[str, Any] = {
            "Status": "SUCCESS" if self.success else "FAILED",
            "PhysicalResourceId": event.get("PhysicalResourceId") if request.deletes else name,
            **{key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")},
        }
        answer["PhysicalResourceId"] = answer["PhysicalResourceId"] or name
        if self.reason:
            answer["Reason"] = self.reason[:LONGEST_REASON]
        if self.data:
            answer["Data"] = dict(self.data)
        return json.dumps(answer).encode()


def send(request: Request, answer: Answer) -> bool:
    """Give CloudFormation the answer; return whether it still waited.

    Raises urllib.error.URLError when it could not be reached: the delivery must be repeated.
    """
    put = urllib.request.Request(  # noqa: S310 (CloudFormation's own address)
        request.event["ResponseURL"],
        data=answer.body(request),
        method="PUT",
        headers={"Content-Type": ""},
    )
    try:
        with urllib.request.urlopen(put, timeout=20):  # noqa: S310
            return True
    except urllib.error.HTTPError as error:
        if error.code in GONE:
            return False
        raise
