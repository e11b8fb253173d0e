"""The functions against moto's SageMaker: registered, approved, deployed, verified, retrained."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.sagemaker.models import sagemaker_backends

from mlops.runtime import deploy, retrain, verify
from tests.mlops.conftest import Run

REGION = "ap-northeast-1"
GROUP = "iryo-clinical"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name, value in {
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "ENDPOINT_NAME": "clinical",
        "PACKAGE_GROUP": GROUP,
        "ENDPOINT_ROLE": "arn:aws:iam::123456789012:role/endpoint",
        "KMS_KEY": f"arn:aws:kms:{REGION}:123456789012:key/mrk-1",
        "SUBNETS": "subnet-0a1b2c3d,subnet-4e5f6a7b",
        "SECURITY_GROUPS": "sg-0a1b2c3d",
        "INSTANCE_TYPE": "ml.m5.large",
        "INSTANCE_COUNT": "2",
        "CAPTURE_URI": "s3://iryo-confidential/capture",
        "ALARMS": "errors,latency",
        "TAGS": "project=iryo,data-class=confidential",
        "PIPELINE_NAME": "iryo-clinical",
        "CHECKS": "drift=drift",
        "EVENT_BUS": "iryo",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        yield boto3.client("sagemaker", region_name=REGION)


def register(client: Any, cold: Run) -> str:
    """Register what the pipeline's own run registered."""
    package = json.loads(next((cold.folder / "registry").rglob("*.json")).read_text())
    unknown = ("ModelPackageArn", "ModelPackageVersion", "ModelCard", "SecurityConfig")
    request = {k: v for k, v in package.items() if k not in unknown}
    if not client.list_model_package_groups()["ModelPackageGroupSummaryList"]:
        client.create_model_package_group(ModelPackageGroupName=GROUP)
    arn: str = client.create_model_package(**request)["ModelPackageArn"]
    return arn


def approve(client: Any, arn: str, *, by: str = "approver") -> dict[str, Any]:
    """Approve a package; return the event that SageMaker sends then."""
    client.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
    # Moto knows one person only: the creator is also who changed it last.
    name = arn.partition("model-package/")[2]
    packages = sagemaker_backends["123456789012"][REGION].model_packages
    package = next(p for p in packages.values() if p.arn.endswith(name))
    package.created_by = {"UserProfileArn": "arn:aws:sagemaker:::user-profile/creator"}
    package.last_modified_by = {"UserProfileArn": f"arn:aws:sagemaker:::user-profile/{by}"}
    return event(arn)


def reject(client: Any, told: dict[str, Any]) -> dict[str, str]:
    """Reject a package and hand the event to the function."""
    arn = told["detail"]["ModelPackageArn"]
    client.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Rejected")
    return deploy.handler(told, None)


def event(arn: str) -> dict[str, Any]:
    return {
        "source": "aws.sagemaker",
        "detail-type": "SageMaker Model Package State Change",
        "detail": {"ModelPackageArn": arn, "ModelPackageGroupName": GROUP},
    }


def test_a_package_that_waits_for_approval_is_not_deployed(aws: Any, cold: Run) -> None:
    arn = register(aws, cold)
    answer = deploy.handler(event(arn), None)
    assert answer == {
        "action": "refused",
        "reason": "the package is PendingManualApproval, not Approved",
    }
    assert aws.list_endpoints()["Endpoints"] == []


def test_approving_starts_the_deployment(aws: Any, cold: Run) -> None:
    answer = deploy.handler(approve(aws, register(aws, cold)), None)
    assert answer == {"action": "deploying", "reason": "iryo-clinical-1"}
    endpoint = aws.describe_endpoint(EndpointName="clinical")
    assert endpoint["EndpointConfigName"] == "iryo-clinical-1"
    config = aws.describe_endpoint_config(EndpointConfigName="iryo-clinical-1")
    assert config["DataCaptureConfig"]["DestinationS3Uri"] == "s3://iryo-confidential/capture"
    assert config["KmsKeyId"].endswith("key/mrk-1")
    model = aws.describe_model(ModelName="iryo-clinical-1")
    assert model["VpcConfig"]["Subnets"] == ["subnet-0a1b2c3d", "subnet-4e5f6a7b"]
    tags = {
        t["Key"]: t["Value"] for t in aws.list_tags(ResourceArn=endpoint["EndpointArn"])["Tags"]
    }
    assert tags["expected-config"] == "iryo-clinical-1"
    assert tags["data-class"] == "confidential"


def test_nobody_approves_what_they_made(aws: Any, cold: Run) -> None:
    answer = deploy.handler(approve(aws, register(aws, cold), by="creator"), None)
    assert answer["reason"] == "the package was approved by its own creator"


def test_the_same_event_twice_changes_nothing(aws: Any, cold: Run) -> None:
    told = approve(aws, register(aws, cold))
    deploy.handler(told, None)
    assert deploy.handler(told, None) == {
        "action": "ignored",
        "reason": "iryo-clinical-1 is already deployed",
    }


@pytest.fixture
def updates(aws: Any, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Moto has no UpdateEndpoint: its requests are taken down, and done unless rolled back."""
    calls: list[dict[str, Any]] = []
    real = boto3.client

    def client(service: str, **kwargs: Any) -> Any:
        made = real(service, **kwargs)
        made.update_endpoint = lambda **request: calls.append(request)
        return made

    monkeypatch.setattr("boto3.client", client)
    real("events").create_event_bus(Name="iryo")
    return calls


def succeed(call: dict[str, Any]) -> None:
    """End an update well."""
    endpoint = sagemaker_backends["123456789012"][REGION].endpoints[call["EndpointName"]]
    endpoint.endpoint_config_name = call["EndpointConfigName"]


def expected(client: Any) -> str:
    arn = client.describe_endpoint(EndpointName="clinical")["EndpointArn"]
    tags = {tag["Key"]: tag["Value"] for tag in client.list_tags(ResourceArn=arn)["Tags"]}
    return tags["expected-config"]


def test_rejecting_what_serves_brings_back_the_version_before(
    aws: Any, cold: Run, updates: list[dict[str, Any]]
) -> None:
    first, second = (approve(aws, register(aws, cold)) for _ in range(2))
    deploy.handler(first, None)
    assert expected(aws) == "iryo-clinical-2", "the newest, whichever the event is about"
    assert reject(aws, second)["reason"] == "iryo-clinical-1"
    (call,) = updates
    assert call["EndpointConfigName"] == "iryo-clinical-1"
    assert call["DeploymentConfig"]["AutoRollbackConfiguration"]["Alarms"]
    succeed(call)
    assert expected(aws) == "iryo-clinical-1"
    answer = reject(aws, first)
    assert answer == {"action": "refused", "reason": "the package is Rejected, not Approved"}
    assert len(updates) == 1, "nothing is left to go back to: people are told, it goes on serving"


def test_a_rejected_version_that_was_rolled_back_is_not_updated_away(
    aws: Any, cold: Run, updates: list[dict[str, Any]]
) -> None:
    deploy.handler(approve(aws, register(aws, cold)), None)
    second = approve(aws, register(aws, cold))
    deploy.handler(second, None)
    assert expected(aws) == "iryo-clinical-2"
    # The update was rolled back in silence: the first version serves already.
    assert reject(aws, second)["reason"] == "iryo-clinical-1"
    assert len(updates) == 1
    assert expected(aws) == "iryo-clinical-1"


def test_an_older_version_approved_late_changes_nothing(
    aws: Any, cold: Run, updates: list[dict[str, Any]]
) -> None:
    old = register(aws, cold)
    deploy.handler(approve(aws, register(aws, cold)), None)
    assert deploy.handler(approve(aws, old), None) == {
        "action": "ignored",
        "reason": "iryo-clinical-2 is already deployed",
    }
    assert updates == []


def scalable() -> list[tuple[int, int]]:
    found = boto3.client("application-autoscaling").describe_scalable_targets(
        ServiceNamespace="sagemaker"
    )["ScalableTargets"]
    assert all(t["ResourceId"] == "endpoint/clinical/variant/primary" for t in found)
    return [(t["MinCapacity"], t["MaxCapacity"]) for t in found]


def test_what_approval_deploys_scales_and_keeps_its_instances(
    aws: Any, cold: Run, updates: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOST_INSTANCES", "4")
    monkeypatch.setenv("REQUESTS_AN_INSTANCE", "60000")
    deploy.handler(approve(aws, register(aws, cold)), None)
    told = {"detail": {"EndpointName": "clinical"}}
    for _ in range(2):
        assert verify.handler(told, None)["verdict"] == "good"
        assert scalable() == [(2, 4)]
    policies = boto3.client("application-autoscaling").describe_scaling_policies(
        ServiceNamespace="sagemaker"
    )["ScalingPolicies"]
    assert [p["PolicyName"] for p in policies] == ["clinical-requests"]
    deploy.handler(approve(aws, register(aws, cold)), None)
    assert updates[0]["RetainAllVariantProperties"] is True
    kept = [k["VariantPropertyType"] for k in updates[0]["ExcludeRetainedVariantProperties"]]
    assert "DesiredInstanceCount" not in kept
    assert scalable() == [(2, 4)]
    # SageMaker changes no instance type of a variant that scales.
    monkeypatch.setenv("INSTANCE_TYPE", "ml.m5.xlarge")
    deploy.handler(approve(aws, register(aws, cold)), None)
    assert "RetainAllVariantProperties" not in updates[1]
    assert scalable() == []


def test_a_newer_version_is_rolled_out_guarded_by_alarms(
    aws: Any, cold: Run, updates: list[dict[str, Any]]
) -> None:
    deploy.handler(approve(aws, register(aws, cold)), None)
    second = approve(aws, register(aws, cold))
    assert deploy.handler(second, None)["reason"] == "iryo-clinical-2"
    (call,) = updates
    assert call["EndpointConfigName"] == "iryo-clinical-2"
    assert "RetainAllVariantProperties" not in call
    rollback = call["DeploymentConfig"]["AutoRollbackConfiguration"]["Alarms"]
    assert [alarm["AlarmName"] for alarm in rollback] == ["errors", "latency"]
    # Moto's endpoint still serves the first version, as after a rollback: the check sees it.
    told = {"detail": {"EndpointName": "clinical"}}
    assert verify.handler(told, None) == {
        "verdict": "bad",
        "reason": "silently rolled back: iryo-clinical-1 serves, iryo-clinical-2 was deployed",
    }


def test_a_good_update_is_verified(aws: Any, cold: Run) -> None:
    deploy.handler(approve(aws, register(aws, cold)), None)
    answer = verify.handler({"detail": {"EndpointName": "clinical"}}, None)
    assert answer == {"verdict": "good", "reason": "iryo-clinical-1 serves"}


def test_production_needs_the_second_approval(
    aws: Any, cold: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAGE_NAME", "Production")
    answer = deploy.handler(approve(aws, register(aws, cold)), None)
    assert answer["reason"] == "the package is not approved for stage Production"


def test_packages_of_other_groups_are_left_alone(
    aws: Any, cold: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = approve(aws, register(aws, cold))
    monkeypatch.setenv("PACKAGE_GROUP", "another")
    assert deploy.handler(told, None)["action"] == "ignored"


def alarm(value: str = "ALARM") -> dict[str, Any]:
    state = {"value": value, "timestamp": datetime.now(UTC).isoformat()}
    return {"detail": {"alarmName": "drift", "state": state}}


@pytest.fixture
def pipeline(aws: Any, definition: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    # Moto lists no steps; tests/mlops/test_watch.py is about what the check found.
    monkeypatch.setattr(retrain, "_found", lambda *_: True)
    aws.create_pipeline(
        PipelineName="iryo-clinical",
        PipelineDefinition=json.dumps(definition),
        RoleArn="arn:aws:iam::123456789012:role/pipeline",
        ClientRequestToken="0" * 32,
    )
    return aws


def test_a_drift_alarm_trains_again_once(pipeline: Any) -> None:
    assert retrain.handler(alarm("OK"), None)["action"] == "ignored"
    assert retrain.handler(alarm(), None) == {"action": "started", "reason": "drift"}
    second = retrain.handler(alarm(), None)
    assert second["action"] == "ignored"
    executions = pipeline.list_pipeline_executions(PipelineName="iryo-clinical")
    assert len(executions["PipelineExecutionSummaries"]) == 1


def test_too_much_drift_asks_for_a_person(pipeline: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COOL_DOWN_HOURS", "0")
    monkeypatch.setenv("MOST_RUNS", "1")
    boto3.client("events").create_event_bus(Name="iryo")
    retrain.handler(alarm(), None)
    answer = retrain.handler(alarm(), None)
    assert answer == {"action": "escalate", "reason": "1 runs within 30 days, the limit is 1"}
