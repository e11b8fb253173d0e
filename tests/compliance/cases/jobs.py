"""Jobs of SageMaker, as CloudFormation, pipelines and state machines describe them."""

import json
from typing import Any

from tests.compliance.cases.base import MISSING, Cases, Given, one, put
from tests.compliance.platform import arn

MACHINE, PIPELINE = "StepFunctions::StateMachine", "SageMaker::Pipeline"
ISOLATION, TRAFFIC = "EnableNetworkIsolation", "EnableInterContainerTrafficEncryption"
VPC = {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
NETWORK = {
    "EnableNetworkIsolation": True,
    "EnableInterContainerTrafficEncryption": True,
    "VpcConfig": VPC,
}
KEY_ARN = "arn:aws:kms:ap-northeast-1:111122223333:key/1"
CLUSTER = {"InstanceType": "ml.m7i.large", "VolumeKmsKeyId": KEY_ARN}
PROCESSING = {
    "NetworkConfig": NETWORK,
    "ProcessingResources": {"ClusterConfig": CLUSTER},
    "ProcessingOutputConfig": {"KmsKeyId": KEY_ARN},
}
TRAINING = {
    **NETWORK,
    "ResourceConfig": CLUSTER,
    "OutputDataConfig": {"KmsKeyId": KEY_ARN},
    "HyperParameters": {"epochs": "3"},
}
TRANSFORM = {"TransformResources": CLUSTER, "TransformOutput": {"KmsKeyId": KEY_ARN}}
MODEL = {"EnableNetworkIsolation": True, "VpcConfig": VPC}


def pipeline(*steps: dict[str, Any]) -> Given:
    body = json.dumps({"Version": "2020-12-01", "Steps": list(steps)})
    return one(PIPELINE, PipelineDefinition={"PipelineDefinitionBody": body})


def step(kind: str, arguments: dict[str, Any], path: str = "", value: Any = None) -> dict[str, Any]:
    given = put(arguments, path, value) if path else arguments
    return {"Name": "Step", "Type": kind, "Arguments": given}


def stepped(kind: str, arguments: dict[str, Any], path: str = "", value: Any = None) -> Given:
    return pipeline(step(kind, arguments, path, value))


def branch(inner: dict[str, Any]) -> Given:
    arguments = {"Conditions": [], "IfSteps": [], "ElseSteps": [inner]}
    return pipeline({"Name": "Check", "Type": "Condition", "Arguments": arguments})


def tuning(path: str = "", value: Any = None) -> Given:
    job = {**(put(TRAINING, path, value) if path else TRAINING), "DefinitionName": "Trees"}
    return stepped("Tuning", {"TrainingJobDefinitions": [job]})


def machine(states: dict[str, Any], **members: Any) -> Given:
    return one(MACHINE, DefinitionString=json.dumps({"States": states, **members}))


def call(api: str, arguments: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": f"arn:aws:states:::{api}",
        "Parameters": arguments,
        **members,
    }


def trained(path: str = "", value: Any = None) -> Given:
    arguments = put(TRAINING, path, value) if path else TRAINING
    task = call("sagemaker:createTrainingJob.sync", arguments)
    inner = {"ItemProcessor": {"States": {"Train": task}}, "Type": "Map"}
    return machine({"Each": {"Type": "Parallel", "Branches": [{"States": {"Map": inner}}]}})


def handed_over() -> Given:
    """A training job whose isolation is told by the input."""
    arguments = {**put(TRAINING, ISOLATION, MISSING), f"{ISOLATION}.$": "$.isolated"}
    return machine({"Train": call("sagemaker:createTrainingJob", arguments)})


def defined(kind: str, output: str, path: str = "", value: Any = None) -> Given:
    job = {
        "NetworkConfig": NETWORK,
        "JobResources": {"ClusterConfig": CLUSTER},
        output: {"KmsKeyId": arn("Key")},
    }
    return one(f"SageMaker::{kind}JobDefinition", **(put(job, path, value) if path else job))


def scheduled(path: str = "", value: Any = None) -> Given:
    job = {
        "NetworkConfig": NETWORK,
        "MonitoringResources": {"ClusterConfig": CLUSTER},
        "MonitoringOutputConfig": {"KmsKeyId": KEY_ARN},
    }
    config = {"MonitoringJobDefinition": put(job, path, value) if path else job}
    return one("SageMaker::MonitoringSchedule", MonitoringScheduleConfig=config)


BY_NAME = one(
    "SageMaker::MonitoringSchedule",
    MonitoringScheduleConfig={"MonitoringJobDefinitionName": "quality"},
)
MONITORED = "MonitoringScheduleConfig.MonitoringJobDefinition"
IN_S3 = one(PIPELINE, PipelineDefinition={"PipelineDefinitionS3Location": {"Bucket": "b"}})
PARAMETER = {"Get": "Parameters.Key"}
WAIT = {"Type": "Wait", "Seconds": 1}

CASES: dict[str, Cases] = {
    "IRYO-SAGEMAKER-JOBS-NETWORK": Cases(
        good=[
            defined("DataQuality", "DataQualityJobOutputConfig"),
            # The job that explains a model calls an endpoint of its own.
            defined(
                *("ModelExplainability", "ModelExplainabilityJobOutputConfig"),
                *("NetworkConfig.EnableNetworkIsolation", False),
            ),
            one("SageMaker::ProcessingJob", **PROCESSING),
            scheduled(),
            stepped("Processing", PROCESSING),
            stepped("Model", MODEL),
            tuning(),
            trained(),
            machine({"Model": call("sagemaker:createModel", MODEL)}),
        ],
        bad=[
            (
                defined(
                    *("DataQuality", "DataQualityJobOutputConfig"),
                    *("NetworkConfig.EnableNetworkIsolation", False),
                ),
                {f"NetworkConfig.{ISOLATION}"},
            ),
            (
                defined("ModelBias", "ModelBiasJobOutputConfig", "NetworkConfig", MISSING),
                {
                    f"NetworkConfig.{TRAFFIC}",
                    *(f"NetworkConfig.VpcConfig.{key}" for key in VPC),
                },
            ),
            (
                scheduled(f"NetworkConfig.{TRAFFIC}", False),
                {f"{MONITORED}.NetworkConfig.{TRAFFIC}"},
            ),
            (stepped("Training", TRAINING, ISOLATION, False), {f"Step.{ISOLATION}"}),
            (branch(step("Training", TRAINING, TRAFFIC, MISSING)), {f"Step.{TRAFFIC}"}),
            (tuning(TRAFFIC, False), {f"Step.Trees.{TRAFFIC}"}),
            (stepped("Model", MODEL, "VpcConfig.Subnets", []), {"Step.VpcConfig.Subnets"}),
            (trained(ISOLATION, False), {f"Train.{ISOLATION}"}),
        ],
        other=[
            BY_NAME,
            stepped("Transform", TRANSFORM),
            stepped("Lambda", {}),
            machine({"Wait": WAIT}),
        ],
        unknown=[
            IN_S3,
            stepped("Training", TRAINING, ISOLATION, {"Get": "Parameters.Isolated"}),
            trained(ISOLATION, "{% $states.input.isolated %}"),
            handed_over(),
            one(MACHINE, DefinitionS3Location={"Bucket": "b", "Key": "k"}),
        ],
    ),
    "IRYO-SAGEMAKER-JOBS-ENCRYPTION": Cases(
        good=[
            defined("ModelQuality", "ModelQualityJobOutputConfig"),
            one("SageMaker::ProcessingJob", **PROCESSING),
            scheduled(),
            stepped("Transform", TRANSFORM),
            stepped("Training", TRAINING, "ResourceConfig", {"InstanceType": "ml.g5.xlarge"}),
            tuning(),
            trained(),
        ],
        bad=[
            (
                defined(
                    *("ModelQuality", "ModelQualityJobOutputConfig"),
                    *("ModelQualityJobOutputConfig.KmsKeyId", "alias/aws/s3"),
                ),
                {"ModelQualityJobOutputConfig.KmsKeyId"},
            ),
            (
                stepped("Processing", PROCESSING, "ProcessingOutputConfig", MISSING),
                {"Step.ProcessingOutputConfig.KmsKeyId"},
            ),
            (
                stepped("Training", TRAINING, "ResourceConfig.VolumeKmsKeyId", MISSING),
                {"Step.ResourceConfig.VolumeKmsKeyId"},
            ),
            (
                stepped("Transform", TRANSFORM, "TransformResources.VolumeKmsKeyId", "alias/aws/x"),
                {"Step.TransformResources.VolumeKmsKeyId"},
            ),
            (
                trained("OutputDataConfig.KmsKeyId", MISSING),
                {"Train.OutputDataConfig.KmsKeyId"},
            ),
        ],
        other=[BY_NAME, stepped("Model", MODEL), machine({"Wait": WAIT})],
        unknown=[
            IN_S3,
            stepped("Training", TRAINING, "OutputDataConfig.KmsKeyId", PARAMETER),
            stepped(
                "Training", TRAINING, "ResourceConfig.VolumeKmsKeyId", {"Std:Join": {"On": ""}}
            ),
        ],
    ),
    "IRYO-SAGEMAKER-PIPELINE-SECRETS": Cases(
        good=[stepped("Training", TRAINING), pipeline()],
        bad=[
            (
                stepped("Training", TRAINING, "Environment.DB_PASSWORD", "hunter2"),
                {"Step.Environment.DB_PASSWORD"},
            )
        ],
        unknown=[IN_S3],
    ),
}
