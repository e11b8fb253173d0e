"""What `deploy` makes in SageMaker: model, endpoint configuration, endpoint."""

from typing import Any

from botocore.exceptions import ClientError

from mlops.release import EXPECTED_TAG, VARIANT
from mlops.runtime import scaling
from mlops.runtime.settings import DeploySettings

MISSING = ("ValidationException", "ResourceNotFound")


def expected(client: Any, endpoint: str) -> str | None:
    """Return the configuration that should serve; None without an endpoint."""
    described = _described(client, endpoint)
    if described is None:
        return None
    tags = client.list_tags(ResourceArn=described["EndpointArn"])["Tags"]
    named = {tag["Key"]: tag["Value"] for tag in tags}
    return str(named.get(EXPECTED_TAG, described["EndpointConfigName"]))


def point(client: Any, settings: DeploySettings, package: str, name: str) -> None:
    """Let the endpoint serve a version of the registry, and note on it that it should."""
    _make(client, settings, package, name)
    tag = {"Key": EXPECTED_TAG, "Value": name}
    described = _described(client, settings.endpoint)
    if described is None:
        tags = [*settings.tag_list(), tag]
        client.create_endpoint(EndpointName=settings.endpoint, EndpointConfigName=name, Tags=tags)
        return
    # After a rollback it serves already what is wanted now, and an update would be refused.
    if described["EndpointConfigName"] != name:
        client.update_endpoint(
            EndpointName=settings.endpoint,
            EndpointConfigName=name,
            DeploymentConfig=settings.rollout.to_request(),
            **_grown(client, settings, described["EndpointConfigName"]),
        )
    client.add_tags(ResourceArn=described["EndpointArn"], Tags=[tag])


def _grown(client: Any, settings: DeploySettings, serving: str) -> dict[str, Any]:
    """Keep the instances that autoscaling has added; an update would take them away.

    A variant that scales cannot change its instance type, so scaling stops until `verify`.
    """
    if not settings.scales:
        return {}
    variants = client.describe_endpoint_config(EndpointConfigName=serving)["ProductionVariants"]
    if variants[0].get("InstanceType") != settings.instance_type:
        scaling.leave(settings.endpoint)
        return {}
    anew = ("DataCaptureConfig", "DesiredWeight")
    return {
        "RetainAllVariantProperties": True,
        "ExcludeRetainedVariantProperties": [{"VariantPropertyType": name} for name in anew],
    }


def _described(client: Any, endpoint: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = client.describe_endpoint(EndpointName=endpoint)
    except ClientError as error:
        if error.response["Error"]["Code"] in MISSING:
            return None
        raise
    return found


def _make(client: Any, settings: DeploySettings, package: str, name: str) -> None:
    _once(
        client.create_model,
        ModelName=name,
        ExecutionRoleArn=settings.role_arn,
        Containers=[{"ModelPackageName": package}],
        VpcConfig={
            "Subnets": list(settings.subnets),
            "SecurityGroupIds": list(settings.security_groups),
        },
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


def _once(call: Any, **request: Any) -> None:
    """Create something unless an earlier event has."""
    try:
        call(**request)
    except ClientError as error:
        message = error.response["Error"].get("Message", "")
        if "already exist" not in message:
            raise
