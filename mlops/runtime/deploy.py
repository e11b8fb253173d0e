"""A model package was approved: put it behind the endpoint, guarded by alarms.

Subscribes to "SageMaker Model Package State Change". Events come more than once, and in no
certain order: what is done depends on the registry alone, and a second event changes nothing.
"""

from typing import Any

import boto3
from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError

from mlops.release import may_deploy
from mlops.runtime.settings import DeploySettings

EXPECTED_TAG = "expected-config"
"""On the endpoint: the configuration that should serve; `verify` compares it."""
VARIANT = "primary"
log = Logger(service="mlops-deploy")


def handler(event: dict[str, Any], _context: object) -> dict[str, str]:
    """Deploy the package of an event; say what was done and why."""
    settings = DeploySettings.here()
    client = boto3.client("sagemaker")
    arn = event["detail"]["ModelPackageArn"]
    package = client.describe_model_package(ModelPackageName=arn)
    if package.get("ModelPackageGroupName") != settings.package_group:
        return _said("ignored", f"not of group {settings.package_group}", arn)
    verdict = may_deploy(package, stage=settings.stage)
    if not verdict.good:
        return _said("refused", verdict.reason, arn)
    current = _current(client, settings.endpoint)
    version = int(package["ModelPackageVersion"])
    name = f"{settings.package_group}-{version}"
    if current and _version(current) >= version:
        return _said("ignored", f"{current} is already deployed or newer", arn)
    _create(client, settings, package, name)
    return _said("deploying", name, arn)


def _said(action: str, reason: str, arn: str) -> dict[str, str]:
    log.info(action, extra={"reason": reason, "package": arn})
    return {"action": action, "reason": reason}


def _current(client: Any, endpoint: str) -> str | None:
    """Return the configuration that should serve; None without an endpoint."""
    try:
        described = client.describe_endpoint(EndpointName=endpoint)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("ValidationException", "ResourceNotFound"):
            return None
        raise
    tags = client.list_tags(ResourceArn=described["EndpointArn"])["Tags"]
    named = {tag["Key"]: tag["Value"] for tag in tags}
    return str(named.get(EXPECTED_TAG, described["EndpointConfigName"]))


def _version(config: str) -> int:
    last = config.rpartition("-")[2]
    return int(last) if last.isdigit() else 0


def _create(client: Any, settings: DeploySettings, package: dict[str, Any], name: str) -> None:
    network = {
        "Subnets": list(settings.subnets),
        "SecurityGroupIds": list(settings.security_groups),
    }
    _once(
        client.create_model,
        ModelName=name,
        ExecutionRoleArn=settings.role_arn,
        Containers=[{"ModelPackageName": package["ModelPackageArn"]}],
        VpcConfig=network,
        EnableNetworkIsolation=True,
        Tags=settings.tag_list(),
    )
    _once(
        client.create_endpoint_config,
        EndpointConfigName=name,
        ProductionVariants=[
            {
                "VariantName": VARIANT,
                "ModelName": name,
                "InstanceType": settings.instance_type,
                "InitialInstanceCount": settings.instance_count,
                "InitialVariantWeight": 1.0,
            }
        ],
        KmsKeyId=settings.kms_key,
        DataCaptureConfig={
            "EnableCapture": True,
            "InitialSamplingPercentage": settings.capture_percent,
            "DestinationS3Uri": settings.capture_uri,
            "KmsKeyId": settings.kms_key,
            "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
        },
        Tags=settings.tag_list(),
    )
    _point(client, settings, name)


def _once(call: Any, **request: Any) -> None:
    """Create something unless an earlier event has."""
    try:
        call(**request)
    except ClientError as error:
        message = error.response["Error"].get("Message", "")
        if "already exist" not in message:
            raise


def _point(client: Any, settings: DeploySettings, name: str) -> None:
    """Let the endpoint serve a configuration, and note on it that it should."""
    expected = {"Key": EXPECTED_TAG, "Value": name}
    try:
        arn = client.describe_endpoint(EndpointName=settings.endpoint)["EndpointArn"]
    except ClientError:
        tags = [*settings.tag_list(), expected]
        client.create_endpoint(EndpointName=settings.endpoint, EndpointConfigName=name, Tags=tags)
        return
    client.update_endpoint(
        EndpointName=settings.endpoint,
        EndpointConfigName=name,
        DeploymentConfig=settings.rollout.to_request(),
    )
    client.add_tags(ResourceArn=arn, Tags=[expected])
