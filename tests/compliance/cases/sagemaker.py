"""SageMaker, jobs aside."""

from typing import Any

from tests.compliance.cases.base import MISSING, Cases, checked, merged
from tests.compliance.platform import arn

GROUP: dict[str, Any] = {"SecurityGroups": ["sg-1"]}
VPC = {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
VARIANT = {"VariantName": "live", "InstanceType": "ml.m7i.large"}
METADATA = "InstanceMetadataServiceConfiguration.MinimumInstanceMetadataServiceVersion"


def variants(*given: dict[str, Any]) -> dict[str, Any]:
    return {"ProductionVariants": list(given)}


CASES: dict[str, Cases] = {
    "IRYO-SAGEMAKER-DOMAIN-NETWORK": checked(
        "SageMaker::Domain",
        {
            "AppNetworkAccessType": "VpcOnly",
            "SubnetIds": ["subnet-1"],
            "DefaultUserSettings": GROUP,
        },
        {
            "AppNetworkAccessType": MISSING,
            "SubnetIds": [],
            "DefaultUserSettings.SecurityGroups": MISSING,
        },
    ),
    "IRYO-SAGEMAKER-DOMAIN-ENCRYPTION": checked(
        "SageMaker::Domain",
        {"KmsKeyId": arn("Key")},
        {
            "KmsKeyId": MISSING,
            "DefaultUserSettings.SharingSettings.NotebookOutputOption": "Allowed",
        },
        findings={
            "DefaultUserSettings.SharingSettings.NotebookOutputOption": (
                "DefaultUserSettings.SharingSettings.S3KmsKeyId"
            )
        },
    ),
    "IRYO-SAGEMAKER-DOMAIN-IDENTITY": checked(
        "SageMaker::Domain",
        {"DomainSettings": {"ExecutionRoleIdentityConfig": "USER_PROFILE_NAME"}},
        {"DomainSettings": MISSING},
        findings={"DomainSettings": "DomainSettings.ExecutionRoleIdentityConfig"},
    ),
    "IRYO-SAGEMAKER-MODEL": checked(
        "SageMaker::Model",
        {"EnableNetworkIsolation": True, "VpcConfig": VPC},
        {
            "EnableNetworkIsolation": False,
            "VpcConfig.Subnets": MISSING,
            "VpcConfig.SecurityGroupIds": [],
        },
    ),
    "IRYO-SAGEMAKER-ENDPOINT-ENCRYPTION": checked(
        "SageMaker::EndpointConfig",
        {
            "KmsKeyId": arn("Key"),
            "DataCaptureConfig": {"KmsKeyId": arn("Key")},
            "AsyncInferenceConfig": {"OutputConfig": {"KmsKeyId": arn("Key")}},
            **variants({**VARIANT, "CoreDumpConfig": {"KmsKeyId": arn("Key")}}),
        },
        {
            "KmsKeyId": MISSING,
            "DataCaptureConfig.KmsKeyId": MISSING,
            "AsyncInferenceConfig.OutputConfig.KmsKeyId": "alias/aws/s3",
            "ProductionVariants.0.CoreDumpConfig.KmsKeyId": MISSING,
        },
        findings={"ProductionVariants.0.CoreDumpConfig.KmsKeyId": "live.CoreDumpConfig.KmsKeyId"},
        more=[
            variants({"VariantName": "serverless", "ServerlessConfig": {}}),
            variants({**VARIANT, "InstanceType": "ml.g5.xlarge"}),
        ],
    ),
    "IRYO-SAGEMAKER-ENDPOINT-SHELL": checked(
        "SageMaker::EndpointConfig",
        variants(VARIANT),
        {"ProductionVariants.0.EnableSSMAccess": True},
        findings={"ProductionVariants.0.EnableSSMAccess": "live.EnableSSMAccess"},
    ),
    "IRYO-SAGEMAKER-ENDPOINT-ROLLBACK": checked(
        "SageMaker::Endpoint",
        {"DeploymentConfig": {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "a"}]}}},
        {"DeploymentConfig": MISSING},
        findings={"DeploymentConfig": "DeploymentConfig.AutoRollbackConfiguration.Alarms"},
    ),
    "IRYO-SAGEMAKER-NOTEBOOK": checked(
        "SageMaker::NotebookInstance",
        {
            "KmsKeyId": arn("Key"),
            "SubnetId": "subnet-1",
            "DirectInternetAccess": "Disabled",
            "RootAccess": "Disabled",
            "InstanceMetadataServiceConfiguration": {"MinimumInstanceMetadataServiceVersion": "2"},
        },
        {
            "KmsKeyId": MISSING,
            "SubnetId": MISSING,
            "DirectInternetAccess": MISSING,
            "RootAccess": "Enabled",
            METADATA: "1",
        },
    ),
    "IRYO-SAGEMAKER-FEATURE-GROUP": checked(
        "SageMaker::FeatureGroup",
        {
            "OnlineStoreConfig": {"SecurityConfig": {"KmsKeyId": arn("Key")}},
            "OfflineStoreConfig": {"S3StorageConfig": {"KmsKeyId": arn("Key")}},
        },
        {
            "OnlineStoreConfig.SecurityConfig.KmsKeyId": MISSING,
            "OfflineStoreConfig.S3StorageConfig.KmsKeyId": MISSING,
        },
    ),
    "IRYO-SAGEMAKER-REGISTRY": merged(
        *(
            checked(
                f"SageMaker::{kind}",
                {"SecurityConfig": {"KmsKeyId": arn("Key")}},
                {"SecurityConfig": MISSING},
                findings={"SecurityConfig": "SecurityConfig.KmsKeyId"},
            )
            for kind in ("ModelPackage", "ModelCard")
        )
    ),
    "IRYO-SAGEMAKER-EXPERIMENT": checked(
        "SageMaker::InferenceExperiment",
        {"KmsKey": arn("Key"), "DataStorageConfig": {"KmsKey": arn("Key")}},
        {"KmsKey": MISSING, "DataStorageConfig.KmsKey": MISSING},
    ),
    "IRYO-SAGEMAKER-CLUSTER": checked(
        "SageMaker::Cluster",
        {"VpcConfig": VPC},
        {"VpcConfig.Subnets": MISSING, "VpcConfig.SecurityGroupIds": MISSING},
    ),
}
