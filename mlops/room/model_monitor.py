"""SageMaker Model Monitor, for accounts that used it before AWS closed it to new ones.

Data quality and, with ground truth, model quality; bias and explanations are the pipeline's. The
room's own drift check needs none of it. https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor.html
"""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from infra.config import DataClass
from mlops.room import names
from mlops.room.properties import properties
from mlops.room.room import Room

# https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html
REGISTRIES = {
    "ap-northeast-1": "574779866223",
    "ap-northeast-2": "709848358524",
    "ap-southeast-1": "245545462676",
    "us-east-1": "156813124566",
    "us-west-2": "159807026194",
}
SECONDS = 1800
"""An hourly schedule's job must end before the next begins."""
VOLUME_GB = 20
PATH = "/opt/ml/processing"
HOURLY = "cron(0 * ? * * *)"


class ModelMonitor(Construct):
    """Hourly jobs in the VPC over captured requests, which are confidential."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        role: iam.IRole,
        endpoint: sagemaker.CfnEndpoint,
    ) -> None:
        super().__init__(scope, construct_id)
        settings, region = room.config.mlops.endpoint, room.config.account.region
        assert region and settings.model_monitor_baseline  # noqa: S101 (it was checked)
        self._image = (
            f"{REGISTRIES[region]}.dkr.ecr.{region}.amazonaws.com/sagemaker-model-monitor-analyzer"
        )
        self._room, self._common = room, _common(room, role)
        made = {"DataQuality": self._data_quality(settings.model_monitor_baseline)}
        if settings.model_monitor_quality:
            made["ModelQuality"] = self._model_quality(settings.model_monitor_quality)
        for kind, definition in made.items():
            definition.node.add_dependency(endpoint)
            self._schedule(room, kind, definition.ref)
        cdk.Tags.of(self).add("data-class", DataClass.CONFIDENTIAL)

    def _data_quality(self, baseline: str) -> cdk.CfnResource:
        return sagemaker.CfnDataQualityJobDefinition(
            self,
            "DataQuality",
            data_quality_app_specification=properties({"ImageUri": self._image}),
            data_quality_baseline_config=properties(
                {
                    "ConstraintsResource": {"S3Uri": f"{baseline}/constraints.json"},
                    "StatisticsResource": {"S3Uri": f"{baseline}/statistics.json"},
                }
            ),
            data_quality_job_input=properties({"EndpointInput": _seen(self._room)}),
            data_quality_job_output_config=_output(self._room, "data-quality"),
            **self._common,
        )

    def _model_quality(self, baseline: str) -> cdk.CfnResource:
        """Merge captured answers with ground truth and hold them against the evaluation's."""
        bucket, endpoint = self._room.data.confidential.bucket_name, self._room.names.endpoint
        return sagemaker.CfnModelQualityJobDefinition(
            self,
            "ModelQuality",
            model_quality_app_specification=properties(
                {"ImageUri": self._image, "ProblemType": "BinaryClassification"}
            ),
            model_quality_baseline_config=properties(
                {"ConstraintsResource": {"S3Uri": f"{baseline}/constraints.json"}}
            ),
            model_quality_job_input=properties(
                {
                    "EndpointInput": {
                        **_seen(self._room),
                        "ProbabilityAttribute": "0",
                        "InferenceAttribute": "1",
                        # Ground truth comes later than the answer: a day is waited for it.
                        "StartTimeOffset": "-P1DT1H",
                        "EndTimeOffset": "-P1D",
                    },
                    "GroundTruthS3Input": {"S3Uri": f"s3://{bucket}/{names.TRUTH}/{endpoint}"},
                }
            ),
            model_quality_job_output_config=_output(self._room, "model-quality"),
            **self._common,
        )

    def _schedule(self, room: Room, kind: str, definition: str) -> None:
        sagemaker.CfnMonitoringSchedule(
            self,
            f"{kind}Schedule",
            monitoring_schedule_name=f"{room.names.endpoint}-{kind}",
            endpoint_name=room.names.endpoint,
            monitoring_schedule_config=properties(
                {
                    # The reference is the definition's ARN, whose last part is its name.
                    "MonitoringJobDefinitionName": cdk.Fn.select(1, cdk.Fn.split("/", definition)),
                    "MonitoringType": kind,
                    "ScheduleConfig": {"ScheduleExpression": HOURLY},
                }
            ),
        )


def _seen(room: Room) -> dict[str, str]:
    return {"EndpointName": room.names.endpoint, "LocalPath": f"{PATH}/input/endpoint"}


def _common(room: Room, role: iam.IRole) -> dict[str, Any]:
    """Return what protects every job: VPC, encryption on the wire and on disk, an end."""
    return {
        "role_arn": role.role_arn,
        "job_resources": properties(
            {
                "ClusterConfig": {
                    "InstanceCount": 1,
                    "InstanceType": room.config.mlops.training.processing_instance,
                    "VolumeSizeInGB": VOLUME_GB,
                    "VolumeKmsKeyId": room.security.confidential_key.key_arn,
                }
            }
        ),
        "network_config": properties(
            {
                "EnableInterContainerTrafficEncryption": True,
                "EnableNetworkIsolation": True,
                "VpcConfig": {
                    "Subnets": list(room.subnets),
                    "SecurityGroupIds": list(room.security_groups),
                },
            }
        ),
        "stopping_condition": properties({"MaxRuntimeInSeconds": SECONDS}),
    }


def _output(room: Room, kind: str) -> Any:
    bucket = room.data.confidential.bucket_name
    return properties(
        {
            "KmsKeyId": room.security.confidential_key.key_arn,
            "MonitoringOutputs": [
                {
                    "S3Output": {
                        "LocalPath": f"{PATH}/output",
                        "S3UploadMode": "EndOfJob",
                        "S3Uri": f"s3://{bucket}/{names.MONITORING}/{kind}",
                    }
                }
            ],
        }
    )
