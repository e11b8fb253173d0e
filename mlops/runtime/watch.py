"""On a schedule: hold what the endpoint captured against what its model was trained on.

`drift` checks the day or month before, with the model of the version that serves, against that
version's baseline and explanation. `quality` checks answers against what turned out to be true, for
which a month is waited: it is about the month before last. Without an endpoint, captured requests
or truth there is nothing to check.
"""

import os
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError

from mlops.release import EXPECTED_TAG, VARIANT, VERSION_TAG

DRIFT, QUALITY = "drift", "quality"
KNOWN = {DRIFT: ("baseline", "explanation"), QUALITY: ("evaluation",)}
"""What each check holds captures against: JSON files that the registry's metadata names."""
log = Logger(service="mlops-watch")


def handler(event: dict[str, Any], _context: object) -> dict[str, str]:
    """Start the pipeline of `event["check"]` for a window before `event["time"]`."""
    client = boto3.client("sagemaker")
    check = event.get("check", DRIFT)
    endpoint = os.environ["ENDPOINT_NAME"]
    version = _serving(client, endpoint)
    if version is None:
        return _said("ignored", "no version of the group serves")
    window = _window(_moment(event), check)
    prefix = f"{os.environ['CAPTURE_PREFIX']}/{endpoint}/{VARIANT}/{window}"
    truth = f"{os.environ['CAPTURE_PREFIX']}/truth/{endpoint}"
    if not _holds_anything(prefix):
        return _said("ignored", f"nothing was captured in {window}")
    if check == QUALITY and not _holds_anything(truth):
        return _said("ignored", f"no truth is known under {truth}")
    package = client.describe_model_package(
        ModelPackageName=f"{os.environ['PACKAGE_ARN']}/{version}"
    )
    places = package.get("CustomerMetadataProperties", {})
    if missing := [known for known in KNOWN[check] if not places.get(known)]:
        return _said("failed", f"version {version} has no {missing[0]}")
    parameters = {
        # The step reads the folder that the file lies in.
        **{n.capitalize(): places[n].removesuffix(f"/{n}.json") for n in KNOWN[check]},
        "InputData": _uri(prefix),
        **({"Truth": _uri(truth)} if check == QUALITY else {"Model": _archive(package)}),
    }
    client.start_pipeline_execution(
        PipelineName=os.environ[f"{check.upper()}_PIPELINE"],
        PipelineParameters=[{"Name": k, "Value": v} for k, v in parameters.items()],
        # The same window, asked for twice, is checked once.
        ClientRequestToken=f"{check}-{version}-{window.replace('/', '-')}-{endpoint}".ljust(
            32, "-"
        ),
    )
    return _said("started", f"{check} of version {version}, {window}")


def _said(action: str, reason: str) -> dict[str, str]:
    log.info(action, extra={"reason": reason})
    return {"action": action, "reason": reason}


def _moment(event: dict[str, Any]) -> datetime:
    given = event.get("time")
    return datetime.fromisoformat(given) if given else datetime.now(UTC)


def _window(now: datetime, check: str) -> str:
    """Return the day or month of a check as data capture names its folders, in UTC."""
    now = now.astimezone(UTC)
    month_before = now.replace(day=1) - timedelta(days=1)
    if check == QUALITY:
        return f"{month_before.replace(day=1) - timedelta(days=1):%Y/%m}"
    if os.environ.get("WINDOW", "daily") == "monthly":
        return f"{month_before:%Y/%m}"
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


def _holds_anything(prefix: str) -> bool:
    answer = boto3.client("s3").list_objects_v2(
        Bucket=os.environ["CAPTURE_BUCKET"], Prefix=f"{prefix}/", MaxKeys=1
    )
    return bool(answer.get("KeyCount"))


def _archive(package: dict[str, Any]) -> str:
    return str(package["InferenceSpecification"]["Containers"][0]["ModelDataUrl"])


def _uri(prefix: str) -> str:
    return f"s3://{os.environ['CAPTURE_BUCKET']}/{prefix}"
