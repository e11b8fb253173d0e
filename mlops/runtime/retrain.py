"""A check's alarm fires: start the pipeline again, unless it runs, cools down or ran too often.

Subscribes to "CloudWatch Alarm State Change". The pipelines' own executions are the memory: of
training for the limits, of the check for whether it found something or just failed.
"""

import hashlib
import json
import os
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from aws_lambda_powertools import Logger

from mlops.retrain import PastRun, Policy, decide

PREFIX = "retrain-"
"""Begins the display name of executions that an alarm started."""
FOUND = ("Drifted", "Degraded")
"""The steps that end the checks' pipelines when they have found something."""
SOURCE = "iryo.mlops"
log = Logger(service="mlops-retrain")


def handler(event: dict[str, Any], _context: object) -> dict[str, str]:
    """Decide about an alarm and carry it out; say what was done and why."""
    if event["detail"]["state"]["value"] != "ALARM":
        return {"action": "ignored", "reason": "the alarm does not fire"}
    pipeline = os.environ["PIPELINE_NAME"]
    policy = Policy(
        cool_down=timedelta(hours=float(os.environ.get("COOL_DOWN_HOURS", "24"))),
        most=int(os.environ.get("MOST_RUNS", "4")),
        period=timedelta(days=float(os.environ.get("PERIOD_DAYS", "30"))),
    )
    client = boto3.client("sagemaker")
    # The alarms' names and the pipelines that they watch.
    checks = dict(one.split("=") for one in os.environ["CHECKS"].split(","))
    if not _found(client, checks[event["detail"]["alarmName"]]):
        return {"action": "ignored", "reason": "the check failed without finding anything"}
    decision = decide(datetime.now(UTC), _history(client, pipeline, policy.period), policy)
    action = "escalate" if decision.escalate else "started" if decision.start else "ignored"
    if decision.start:
        moment = f"{event['detail']['alarmName']}{event['detail']['state']['timestamp']}"
        token = hashlib.sha256(moment.encode()).hexdigest()
        client.start_pipeline_execution(
            PipelineName=pipeline,
            PipelineExecutionDisplayName=f"{PREFIX}{token[:12]}",
            # The same alarm, told twice, starts one execution.
            ClientRequestToken=token,
        )
    if decision.escalate:
        _ask_a_person(pipeline, decision.reason)
    log.info(action, extra={"reason": decision.reason, "pipeline": pipeline})
    return {"action": action, "reason": decision.reason}


def _found(client: Any, pipeline: str) -> bool:
    """Tell whether the newest run of a check ended because it found something.

    It may also have failed for want of captured requests or of an instance, which training again
    would not mend.
    """
    newest = client.list_pipeline_executions(
        PipelineName=pipeline, SortBy="CreationTime", SortOrder="Descending", MaxResults=1
    )["PipelineExecutionSummaries"]
    if not newest:
        return False
    steps = client.list_pipeline_execution_steps(
        PipelineExecutionArn=newest[0]["PipelineExecutionArn"]
    )["PipelineExecutionSteps"]
    return any(step["StepName"] in FOUND for step in steps)


def _ask_a_person(pipeline: str, reason: str) -> None:
    """Put an event on the bus, from where the topic takes it."""
    boto3.client("events").put_events(
        Entries=[
            {
                "Source": SOURCE,
                "DetailType": "RetrainingStopped",
                "Detail": json.dumps({"pipeline": pipeline, "reason": reason}),
                "EventBusName": os.environ["EVENT_BUS"],
            }
        ]
    )


def _history(client: Any, pipeline: str, period: timedelta) -> list[PastRun]:
    """Return the executions within the period that alarms started."""
    pages = client.get_paginator("list_pipeline_executions").paginate(
        PipelineName=pipeline, CreatedAfter=datetime.now(UTC) - period
    )
    return [
        PastRun(
            started=summary["StartTime"],
            running=summary["PipelineExecutionStatus"] in ("Executing", "Stopping"),
        )
        for page in pages
        for summary in page["PipelineExecutionSummaries"]
        if summary.get("PipelineExecutionDisplayName", "").startswith(PREFIX)
    ]
