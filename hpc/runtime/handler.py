"""Lambda entry points of the HPC room's custom resources.

Environment: `JOURNAL_TABLE`. The function invokes itself when its time is nearly up.
"""

import json
import logging
import os
import time
from functools import lru_cache
from typing import Any

import boto3

from hpc.runtime.control import ClusterControl
from hpc.runtime.encryption import EBS, GRANTS, Encryption
from hpc.runtime.engine import Engine, Plan, Work
from hpc.runtime.fleet import Fleet, resume_queues, start_fleet
from hpc.runtime.gate import Gate
from hpc.runtime.journal import TableJournal
from hpc.runtime.requests import Request, send

logging.getLogger().setLevel(logging.INFO)
GATE, FLEET = "Custom::ClusterGate", "Custom::ClusterFleet"


@lru_cache(maxsize=1)
def _clients() -> dict[str, Any]:
    make: Any = boto3.client
    return {
        name: make(name)
        for name in ("dynamodb", "ec2", "ssm", "service-quotas", "lambda", "kms", "iam")
    }


def _control(cluster: str) -> ClusterControl:
    clients = _clients()
    return ClusterControl(
        cluster, dynamodb=clients["dynamodb"], ec2=clients["ec2"], ssm=clients["ssm"]
    )


def _plan(request: Request) -> Plan:
    clients = _clients()
    if request.resource == GATE:
        gate = Gate(ec2=clients["ec2"], quotas=clients["service-quotas"], control=_control)
        return gate.plan(request)
    if request.resource == FLEET:
        return Fleet(_control).plan(request)
    if request.resource in (EBS, GRANTS):
        return Encryption(ec2=clients["ec2"], kms=clients["kms"], iam=clients["iam"]).plan(request)
    raise LookupError(f"{request.resource} is not a resource of this function")


def _again(request: Request) -> None:
    _clients()["lambda"].invoke(
        FunctionName=os.environ["AWS_LAMBDA_FUNCTION_NAME"],
        InvocationType="Event",
        Payload=json.dumps(dict(request.event)).encode(),
    )


def handler(event: dict[str, Any], context: Any) -> None:
    """Go on with a request of CloudFormation."""
    clients = _clients()
    engine = Engine(
        journal=TableJournal(clients["dynamodb"], os.environ["JOURNAL_TABLE"]),
        plan=_plan,
        send=send,
        again=_again,
    )
    engine.handle(
        event,
        owner=context.aws_request_id,
        seconds_left=lambda: context.get_remaining_time_in_millis() / 1000,
    )


def resume(event: dict[str, Any], context: Any) -> None:
    """Open a cluster's queues again after its stack's rollback, which asks no custom resource.

    `event`: {"ClusterName"}, from a rule on the stack's UPDATE_ROLLBACK_COMPLETE. Raises
    TimeoutError when the nodes are not up in time; the rule's target is tried again.
    """
    control = _control(event["ClusterName"])
    journal = TableJournal(_clients()["dynamodb"], os.environ["JOURNAL_TABLE"])
    request = Request("Update", context.aws_request_id, FLEET, event, event)
    work = Work(request=request, journal=journal)
    for step in (start_fleet(control), resume_queues(control)):
        while (wait := step(work)) is not None:
            time.sleep(wait.seconds)
            if context.get_remaining_time_in_millis() < 20_000:  # noqa: PLR2004 (another poll)
                raise TimeoutError("the compute fleet is not running yet")
