"""On a schedule: hold what the endpoint captured against what its model was trained on.

The baseline is that of the version that serves, found in the registry; the window is the day or
the month before. Without an endpoint or captured requests there is nothing to check.
"""

import os
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError

from mlops.runtime.deploy import EXPECTED_TAG, VARIANT

VERSION_TAG = "model-version"
"""On an endpoint whose configurations are not named after versions."""
log = Logger(service="mlops-watch")


def handler(event: dict[str, Any], _context: object) -> dict[str, str]:
    """Start the drift pipeline for the window before `event["time"]`; say what was done."""
    client = boto3.client("sagemaker")
    endpoint = os.environ["ENDPOINT_NAME"]
    version = _serving(client, endpoint)
    if version is None:
        return _said("ignored", "no version of the group serves")
    window = _window(_moment(event), os.environ.get("WINDOW", "daily"))
    prefix = f"{os.environ['CAPTURE_PREFIX']}/{endpoint}/{VARIANT}/{window}"
    bucket = os.environ["CAPTURE_BUCKET"]
    if not _holds_anything(bucket, prefix):
        return _said("ignored", f"nothing was captured in {window}")
    package = client.describe_model_package(
        ModelPackageName=f"{os.environ['PACKAGE_ARN']}/{version}"
    )
    baseline = package.get("CustomerMetadataProperties", {}).get("baseline", "")
    if not baseline:
        return _said("failed", f"version {version} has no baseline")
    client.start_pipeline_execution(
        PipelineName=os.environ["PIPELINE_NAME"],
        PipelineParameters=[
            # The step reads the folder that baseline.json lies in.
            {"Name": "Baseline", "Value": baseline.removesuffix("/baseline.json")},
            {"Name": "InputData", "Value": f"s3://{bucket}/{prefix}"},
        ],
        # The same window, asked for twice, is checked once.
        ClientRequestToken=f"drift-{version}-{window.replace('/', '-')}-{endpoint}".ljust(32, "-"),
    )
    return _said("started", f"version {version}, {window}")


def _said(action: str, reason: str) -> dict[str, str]:
    log.info(action, extra={"reason": reason})
    return {"action": action, "reason": reason}


def _moment(event: dict[str, Any]) -> datetime:
    given = event.get("time")
    return datetime.fromisoformat(given) if given else datetime.now(UTC)


def _window(now: datetime, kind: str) -> str:
    """Return the day or month before as data capture names its folders, in UTC."""
    now = now.astimezone(UTC)
    if kind == "monthly":
        return f"{now.replace(day=1) - timedelta(days=1):%Y/%m}"
    return f"{now - timedelta(days=1):%Y/%m/%d}"


def _serving(client: Any, endpoint: str) -> int | None:
    """Return the version that the endpoint serves, None without an endpoint."""
    try:
        described = client.describe_endpoint(EndpointName=endpoint)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("ValidationException", "ResourceNotFound"):
            return None
        raise
    tags = client.list_tags(ResourceArn=described["EndpointArn"])["Tags"]
    named = {tag["Key"]: tag["Value"] for tag in tags}
    expected = named.get(EXPECTED_TAG, described["EndpointConfigName"])
    version = named.get(VERSION_TAG) or expected.rpartition("-")[2]
    return int(version) if version.isdigit() else None


def _holds_anything(bucket: str, prefix: str) -> bool:
    answer = boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix=f"{prefix}/", MaxKeys=1)
    return bool(answer.get("KeyCount"))
