"""An endpoint changed its state: see whether it serves what was deployed, and let it scale.

Subscribes to "SageMaker Endpoint State Change"; a bad verdict goes to the bus as
`EndpointUnexpected`, from where alarms and people take it.
"""

import json
import os
from typing import Any

import boto3
from aws_lambda_powertools import Logger

from mlops.release import EXPECTED_TAG, Expected, verify
from mlops.runtime.scaling import Scaling

SOURCE = "iryo.mlops"
SETTLED = ("InService", "Failed", "UpdateRollbackFailed", "OutOfService")
log = Logger(service="mlops-verify")


def handler(event: dict[str, Any], _context: object) -> dict[str, str]:
    """Compare the endpoint of an event with what its tag expects."""
    name = event["detail"]["EndpointName"]
    client = boto3.client("sagemaker")
    endpoint = client.describe_endpoint(EndpointName=name)
    if endpoint["EndpointStatus"] not in SETTLED:
        return {"verdict": "pending", "reason": endpoint["EndpointStatus"]}
    tags = client.list_tags(ResourceArn=endpoint["EndpointArn"])["Tags"]
    expected = {tag["Key"]: tag["Value"] for tag in tags}.get(EXPECTED_TAG)
    if expected is None:
        return {"verdict": "ignored", "reason": f"the endpoint has no tag {EXPECTED_TAG}"}
    verdict = verify(Expected(config=expected), endpoint)
    if verdict.good:
        _scale(name)
        return {"verdict": "good", "reason": verdict.reason}
    log.error("unexpected", extra={"endpoint": name, "reason": verdict.reason})
    detail = {"endpoint": name, "expected": expected, "reason": verdict.reason}
    boto3.client("events").put_events(
        Entries=[
            {
                "Source": SOURCE,
                "DetailType": "EndpointUnexpected",
                "Detail": json.dumps(detail),
                "EventBusName": os.environ["EVENT_BUS"],
            }
        ]
    )
    return {"verdict": "bad", "reason": verdict.reason}


def _scale(endpoint: str) -> None:
    """Set the bounds of an endpoint that approvals make; the template scales its own."""
    if most := os.environ.get("MOST_INSTANCES"):
        Scaling(
            endpoint=endpoint,
            least=int(os.environ["INSTANCE_COUNT"]),
            most=int(most),
            requests=int(os.environ["REQUESTS_AN_INSTANCE"]),
        ).keep()
