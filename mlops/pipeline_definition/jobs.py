"""Requests of jobs in the step container, with every safeguard already in place.

Inputs are mounted at /opt/ml/processing/input/<name>, outputs taken from
/opt/ml/processing/output/<name>; training channels are at /opt/ml/input/data/<name>.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlops.pipeline_definition.safeguards import LOCAL_DISK, NETWORK_TAG

HOUR = 3600
_INPUT = "/opt/ml/processing/input"
_OUTPUT = "/opt/ml/processing/output"


@dataclass(frozen=True, kw_only=True)
class Protection:
    """Who runs the jobs, where, with which key and for how long at most."""

    role_arn: str
    kms_key: str
    """ARN of the customer-managed key for volumes and outputs."""
    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]
    tags: Mapping[str, str]
    longest_seconds: int = HOUR

    def vpc(self) -> dict[str, Any]:
        """Return the VpcConfig of a job."""
        return {"Subnets": list(self.subnets), "SecurityGroupIds": list(self.security_groups)}

    def tag_list(self, **more: str) -> list[dict[str, str]]:
        """Return the tags as calls take them; underscores in added names become hyphens."""
        added = {key.replace("_", "-"): value for key, value in more.items()}
        return [{"Key": k, "Value": v} for k, v in {**self.tags, **added}.items()]

    def cluster(self, instance: str, count: int, volume_gb: int) -> dict[str, Any]:
        """Return instances whose disks are encrypted: with our key, or by their own hardware."""
        cluster: dict[str, Any] = {
            "InstanceType": instance,
            "InstanceCount": count,
            "VolumeSizeInGB": volume_gb,
        }
        if not LOCAL_DISK.match(instance):
            cluster["VolumeKmsKeyId"] = self.kms_key
        return cluster


def processing_job(
    protection: Protection,
    *,
    image: str,
    command: str,
    inputs: Mapping[str, Any],
    outputs: Mapping[str, Any],
    environment: Mapping[str, Any] | None = None,
    instance: str = "ml.m7i.large",
    volume_gb: int = 30,
    calls_aws: str | None = None,
) -> dict[str, Any]:
    """Return a CreateProcessingJob request that runs one of `mlops.steps`.

    `inputs` and `outputs` map names to S3 URIs. `calls_aws` says why the job cannot be cut off
    from the network; it stays in the VPC all the same.
    """
    tags = protection.tag_list(**({NETWORK_TAG: calls_aws} if calls_aws else {}))
    return {
        "AppSpecification": {
            "ImageUri": image,
            "ContainerEntrypoint": ["python3", "-m", "mlops.steps", command],
        },
        "Environment": dict(environment or {}),
        "ProcessingInputs": [
            {
                "InputName": name,
                "S3Input": {
                    "S3Uri": uri,
                    "LocalPath": f"{_INPUT}/{name}",
                    "S3DataType": "S3Prefix",
                    "S3InputMode": "File",
                },
            }
            for name, uri in inputs.items()
        ],
        "ProcessingOutputConfig": {
            "KmsKeyId": protection.kms_key,
            "Outputs": [
                {
                    "OutputName": name,
                    "S3Output": {
                        "S3Uri": uri,
                        "LocalPath": f"{_OUTPUT}/{name}",
                        "S3UploadMode": "EndOfJob",
                    },
                }
                for name, uri in outputs.items()
            ],
        },
        "ProcessingResources": {"ClusterConfig": protection.cluster(instance, 1, volume_gb)},
        "NetworkConfig": {
            "EnableInterContainerTrafficEncryption": True,
            "EnableNetworkIsolation": calls_aws is None,
            "VpcConfig": protection.vpc(),
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": protection.longest_seconds},
        "RoleArn": protection.role_arn,
        "Tags": tags,
    }


def training_job(
    protection: Protection,
    *,
    image: str,
    channels: Mapping[str, Any],
    output: Any,
    hyperparameters: Mapping[str, Any],
    environment: Mapping[str, Any] | None = None,
    metrics: Mapping[str, str] | None = None,
    instance: str = "ml.m7i.xlarge",
    count: int = 1,
    volume_gb: int = 30,
) -> dict[str, Any]:
    """Return a CreateTrainingJob request; `metrics` maps names to patterns in the log."""
    definitions = [{"Name": name, "Regex": regex} for name, regex in (metrics or {}).items()]
    return {
        "AlgorithmSpecification": {
            "TrainingImage": image,
            "TrainingInputMode": "File",
            "ContainerEntrypoint": ["python3", "-m", "mlops.steps", "train"],
            "MetricDefinitions": definitions,
        },
        "HyperParameters": dict(hyperparameters),
        "Environment": dict(environment or {}),
        "InputDataConfig": [
            {
                "ChannelName": name,
                "DataSource": {
                    "S3DataSource": {
                        "S3DataType": "S3Prefix",
                        "S3Uri": uri,
                        "S3DataDistributionType": "FullyReplicated",
                    }
                },
            }
            for name, uri in channels.items()
        ],
        "OutputDataConfig": {"S3OutputPath": output, "KmsKeyId": protection.kms_key},
        "ResourceConfig": protection.cluster(instance, count, volume_gb),
        "VpcConfig": protection.vpc(),
        "EnableNetworkIsolation": True,
        "EnableInterContainerTrafficEncryption": True,
        "StoppingCondition": {"MaxRuntimeInSeconds": protection.longest_seconds},
        "RoleArn": protection.role_arn,
        "Tags": protection.tag_list(),
    }


@dataclass(frozen=True, kw_only=True)
class Range:
    """A hyperparameter to be searched between two numbers."""

    name: str
    low: float
    high: float
    logarithmic: bool = False

    def to_json(self) -> dict[str, str]:
        """Return the range as the call takes it."""
        return {
            "Name": self.name,
            "MinValue": str(self.low),
            "MaxValue": str(self.high),
            "ScalingType": "Logarithmic" if self.logarithmic else "Linear",
        }


def tuning_job(
    training: Mapping[str, Any],
    *,
    metric: str,
    ranges: tuple[Range, ...],
    jobs: int,
    parallel: int,
    seed: int,
) -> dict[str, Any]:
    """Return a CreateHyperParameterTuningJob request around a training job's.

    The call takes no entry point: the image's own, `python3 -m mlops.steps train`, is used.
    """
    definition = {key: value for key, value in training.items() if key != "Tags"}
    definition["StaticHyperParameters"] = definition.pop("HyperParameters")
    definition["AlgorithmSpecification"] = {
        key: value
        for key, value in training["AlgorithmSpecification"].items()
        if key != "ContainerEntrypoint"
    }
    return {
        "HyperParameterTuningJobConfig": {
            "Strategy": "Random",
            "RandomSeed": seed,
            "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": metric},
            "ResourceLimits": {
                "MaxNumberOfTrainingJobs": jobs,
                "MaxParallelTrainingJobs": parallel,
            },
            "ParameterRanges": {"ContinuousParameterRanges": [r.to_json() for r in ranges]},
        },
        "TrainingJobDefinition": definition,
        "Tags": training["Tags"],
    }
