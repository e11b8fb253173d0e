"""A version was approved or rejected: let the endpoint serve the newest that may be deployed.

Subscribes to "SageMaker Model Package State Change". Events come more than once, and in no
certain order: what is done depends on the registry alone, and a second event changes nothing.
Rejecting the version that serves brings back the one before it.
"""

import json
import os
from typing import Any

import boto3
from aws_lambda_powertools import Logger

from mlops.release import may_deploy
from mlops.runtime import serving
from mlops.runtime.settings import DeploySettings

SOURCE = "iryo.mlops"
log = Logger(service="mlops-deploy")


def handler(event: dict[str, Any], _context: object) -> dict[str, str]:
    """Deploy what the registry says after an event; say what was done and why."""
    settings = DeploySettings.here()
    client = boto3.client("sagemaker")
    arn = event["detail"]["ModelPackageArn"]
    told = client.describe_model_package(ModelPackageName=arn)
    if told.get("ModelPackageGroupName") != settings.package_group:
        return _said("ignored", f"not of group {settings.package_group}", arn)
    verdict = may_deploy(told, stage=settings.stage)
    wanted = _newest(client, settings, told if verdict.good else None, arn)
    expected = serving.expected(client, settings.endpoint)
    if wanted is None:
        if expected == _name(settings, told):
            _ask_a_person(settings.endpoint, f"{expected} serves, but {verdict.reason}")
        return _said("refused", verdict.reason, arn)
    name = _name(settings, wanted)
    if expected == name:
        action, reason = ("ignored", f"{name} is already deployed")
        return _said(*((action, reason) if verdict.good else ("refused", verdict.reason)), arn)
    serving.point(client, settings, wanted["ModelPackageArn"], name)
    return _said("deploying", name, arn)


def _newest(
    client: Any, settings: DeploySettings, told: dict[str, Any] | None, arn: str
) -> dict[str, Any] | None:
    """Return the newest version that may be deployed.

    The one that the event told of counts even where the registry's list does not show it yet.
    """
    best = told
    group = arn.rpartition("/")[0].replace(":model-package/", ":model-package-group/")
    pages = client.get_paginator("list_model_packages").paginate(
        # By its ARN, since it may be another account's.
        ModelPackageGroupName=group,
        ModelApprovalStatus="Approved",
        SortBy="CreationTime",
        SortOrder="Descending",
    )
    for summary in (one for page in pages for one in page["ModelPackageSummaryList"]):
        if best and summary["ModelPackageVersion"] <= best["ModelPackageVersion"]:
            return best
        found = client.describe_model_package(ModelPackageName=summary["ModelPackageArn"])
        if may_deploy(found, stage=settings.stage).good:
            best = found
    return best


def _name(settings: DeploySettings, package: dict[str, Any]) -> str:
    """Return the name that a version's model and configuration have."""
    return f"{settings.package_group}-{package['ModelPackageVersion']}"


def _said(action: str, reason: str, arn: str) -> dict[str, str]:
    log.info(action, extra={"reason": reason, "package": arn})
    return {"action": action, "reason": reason}


def _ask_a_person(endpoint: str, reason: str) -> None:
    """Put an event on the bus: a version serves that should not, and there is no other."""
    boto3.client("events").put_events(
        Entries=[
            {
                "Source": SOURCE,
                "DetailType": "EndpointUnexpected",
                "Detail": json.dumps({"endpoint": endpoint, "reason": reason}),
                "EventBusName": os.environ["EVENT_BUS"],
            }
        ]
    )
