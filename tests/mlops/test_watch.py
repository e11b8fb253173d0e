"""The scheduled drift check, and what retraining makes of its end, against moto's SageMaker."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from mlops.pipeline_definition import drift_pipeline, example_settings
from mlops.runtime import retrain, watch

REGION = "ap-northeast-1"
ROLE = "arn:aws:iam::123456789012:role/one"
ENDPOINT, GROUP = "iryo-dev-breast-cancer", "iryo-dev-breast-cancer"
TOLD = {"time": "2026-03-01T01:00:00Z"}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A registry with a version, both pipelines, a bucket; no endpoint yet."""
    for name, value in {
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "ENDPOINT_NAME": ENDPOINT,
        "PACKAGE_ARN": f"arn:aws:sagemaker:{REGION}:123456789012:model-package/{GROUP}",
        "DRIFT_PIPELINE": "drift",
        "QUALITY_PIPELINE": "quality",
        "CAPTURE_BUCKET": "confidential",
        "CAPTURE_PREFIX": "capture",
        "WINDOW": "daily",
        "EVENT_BUS": "bus",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        client = boto3.client("sagemaker")
        location = {"LocationConstraint": REGION}
        boto3.client("s3").create_bucket(Bucket="confidential", CreateBucketConfiguration=location)
        boto3.client("events").create_event_bus(Name="bus")
        register(client, "s3://important/run/Prepare/baseline/baseline.json")
        definition = drift_pipeline(
            example_settings(),
            baseline_uri="s3://b/x",
            explanation_uri="s3://b/y",
            model_uri="s3://b/z",
            captured_uri="s3://c/x",
            data_class="confidential",
        ).to_definition()
        for name in ("drift", "quality", "clinical"):
            client.create_pipeline(
                PipelineName=name,
                PipelineDefinition=json.dumps(definition),
                RoleArn=ROLE,
                ClientRequestToken="0" * 32,
            )
        yield client


EXPLANATION = "s3://important/run/Explain/explanation/explanation.json"


def register(
    client: Any, baseline: str | None, explanation: str | None = EXPLANATION, **more: str
) -> None:
    known = {"baseline": baseline, "explanation": explanation, **more}
    metadata = {name: place for name, place in known.items() if place}
    if not client.list_model_package_groups()["ModelPackageGroupSummaryList"]:
        client.create_model_package_group(ModelPackageGroupName=GROUP)
    client.create_model_package(
        ModelPackageGroupName=GROUP,
        ModelApprovalStatus="Approved",
        InferenceSpecification={
            "Containers": [{"Image": "image", "ModelDataUrl": "s3://b/model.tar.gz"}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
        **({"CustomerMetadataProperties": metadata} if metadata else {}),
    )


def serve(client: Any, config: str, **tags: str) -> None:
    client.create_model(ModelName="model", ExecutionRoleArn=ROLE, PrimaryContainer={"Image": "i"})
    client.create_endpoint_config(
        EndpointConfigName=config,
        ProductionVariants=[
            {
                "VariantName": "primary",
                "ModelName": "model",
                "InstanceType": "ml.m5.large",
                "InitialInstanceCount": 1,
            }
        ],
    )
    client.create_endpoint(
        EndpointName=ENDPOINT,
        EndpointConfigName=config,
        Tags=[{"Key": key.replace("_", "-"), "Value": value} for key, value in tags.items()],
    )


def capture(day: str) -> None:
    key = f"capture/{ENDPOINT}/primary/{day}/01/one.jsonl"
    boto3.client("s3").put_object(Bucket="confidential", Key=key, Body=b"{}")


def started(client: Any, pipeline: str = "drift") -> dict[str, str]:
    """The parameters of the only execution of a check's pipeline."""
    (execution,) = client.list_pipeline_executions(PipelineName=pipeline)[
        "PipelineExecutionSummaries"
    ]
    parameters = client.list_pipeline_parameters_for_execution(
        PipelineExecutionArn=execution["PipelineExecutionArn"]
    )["PipelineParameters"]
    return {parameter["Name"]: parameter["Value"] for parameter in parameters}


def test_nothing_serves_nothing_is_checked(aws: Any) -> None:
    answer = watch.handler(TOLD, None)
    assert answer == {"action": "ignored", "reason": "no version of the group serves"}


def test_nothing_captured_nothing_is_checked(aws: Any) -> None:
    serve(aws, f"{GROUP}-1")
    capture("2026/02/27")
    answer = watch.handler(TOLD, None)
    assert answer == {"action": "ignored", "reason": "nothing was captured in 2026/02/28"}


def test_the_day_before_is_held_against_the_serving_version_s_baseline(aws: Any) -> None:
    serve(aws, f"{GROUP}-1")
    capture("2026/02/28")
    assert watch.handler(TOLD, None) == {
        "action": "started",
        "reason": "drift of version 1, 2026/02/28",
    }
    assert started(aws) == {
        "Baseline": "s3://important/run/Prepare/baseline",
        "Explanation": "s3://important/run/Explain/explanation",
        "Model": "s3://b/model.tar.gz",
        "InputData": f"s3://confidential/capture/{ENDPOINT}/primary/2026/02/28",
    }


def test_the_month_before_is_a_setting(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WINDOW", "monthly")
    serve(aws, f"{GROUP}-1")
    capture("2026/02/03")
    assert watch.handler(TOLD, None)["reason"] == "drift of version 1, 2026/02"


def test_an_endpoint_of_the_template_names_its_version(aws: Any) -> None:
    register(aws, "s3://important/second/Prepare/baseline/baseline.json")
    serve(aws, "Config-AbC", model_version="2")
    capture("2026/02/28")
    assert watch.handler(TOLD, None)["reason"] == "drift of version 2, 2026/02/28"
    assert "second" in started(aws)["Baseline"]


def test_quality_waits_a_month_for_the_truth(aws: Any) -> None:
    asked = {**TOLD, "check": "quality"}
    register(aws, None, evaluation="s3://important/run/Evaluate/evaluation/evaluation.json")
    serve(aws, f"{GROUP}-2")
    capture("2026/02/28")
    assert watch.handler(asked, None)["reason"] == "nothing was captured in 2026/01"
    capture("2026/01/28")
    assert (
        watch.handler(asked, None)["reason"] == f"no truth is known under capture/truth/{ENDPOINT}"
    )
    key = f"capture/truth/{ENDPOINT}/2026/02/03/10/one.jsonl"
    boto3.client("s3").put_object(Bucket="confidential", Key=key, Body=b"{}")
    assert watch.handler(asked, None) == {
        "action": "started",
        "reason": "quality of version 2, 2026/01",
    }
    assert started(aws, "quality") == {
        "Evaluation": "s3://important/run/Evaluate/evaluation",
        "InputData": f"s3://confidential/capture/{ENDPOINT}/primary/2026/01",
        "Truth": f"s3://confidential/capture/truth/{ENDPOINT}",
    }


@pytest.mark.parametrize(
    ("baseline", "explanation", "missing"),
    [(None, EXPLANATION, "baseline"), ("s3://b/baseline.json", None, "explanation")],
)
def test_a_version_without_baseline_or_explanation_is_said(
    aws: Any, baseline: str | None, explanation: str | None, missing: str
) -> None:
    register(aws, baseline, explanation)
    serve(aws, f"{GROUP}-2")
    capture("2026/02/28")
    answer = watch.handler(TOLD, None)
    assert answer == {"action": "failed", "reason": f"version 2 has no {missing}"}


ALARM = {
    "detail": {
        "alarmName": "drift",
        "state": {"value": "ALARM", "timestamp": "2026-03-01T02:00:00.000+0000"},
    }
}


@pytest.fixture
def ended(aws: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the newest drift check have ended at the given steps: moto lists no steps."""
    monkeypatch.setenv("PIPELINE_NAME", "clinical")
    monkeypatch.setenv("CHECKS", "drift=drift,quality=quality")
    aws.start_pipeline_execution(PipelineName="drift", ClientRequestToken="1" * 32)
    real = boto3.client

    def at(*names: str) -> None:
        def client(service: str, **kwargs: Any) -> Any:
            made = real(service, **kwargs)
            if service == "sagemaker":
                steps = [{"StepName": name} for name in names]
                made.list_pipeline_execution_steps = lambda **_: {"PipelineExecutionSteps": steps}
            return made

        monkeypatch.setattr("boto3.client", client)

    return at


def runs(client: Any) -> int:
    return len(
        client.list_pipeline_executions(PipelineName="clinical")["PipelineExecutionSummaries"]
    )


def test_drift_trains_again(aws: Any, ended: Any) -> None:
    ended("Drift", "Stable", "Drifted")
    assert retrain.handler(ALARM, None)["action"] == "started"
    assert runs(aws) == 1


def test_a_model_that_got_worse_trains_again(aws: Any, ended: Any) -> None:
    ended("Quality", "AsGood", "Degraded")
    told = json.loads(json.dumps(ALARM).replace('"drift"', '"quality"'))
    assert retrain.handler(told, None)["action"] == "ignored", "its pipeline has never run"
    aws.start_pipeline_execution(PipelineName="quality", ClientRequestToken="2" * 32)
    ended("Quality", "AsGood", "Degraded")
    assert retrain.handler(told, None)["action"] == "started"
    assert runs(aws) == 1


def test_a_check_that_failed_trains_nothing(aws: Any, ended: Any) -> None:
    ended("Drift")
    answer = retrain.handler(ALARM, None)
    assert answer == {"action": "ignored", "reason": "the check failed without finding anything"}
    assert runs(aws) == 0


def test_no_check_yet_trains_nothing(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPELINE_NAME", "clinical")
    monkeypatch.setenv("CHECKS", "drift=drift")
    assert retrain.handler(ALARM, None)["action"] == "ignored"


def test_too_much_drift_puts_an_event_on_the_bus(
    aws: Any, ended: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[dict[str, Any]] = []
    ended("Drifted")
    monkeypatch.setenv("COOL_DOWN_HOURS", "0")
    monkeypatch.setenv("MOST_RUNS", "1")
    monkeypatch.setattr(retrain, "_ask_a_person", lambda *words: told.append(words))
    retrain.handler(ALARM, None)
    later = json.loads(json.dumps(ALARM).replace("02:00", "03:00"))
    assert retrain.handler(later, None)["action"] == "escalate"
    assert told == [("clinical", "1 runs within 30 days, the limit is 1")]
