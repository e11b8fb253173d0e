"""The models room: SageMaker, and the images it runs."""

import json

from compliance.kill.changes import Change, MutantError, Properties, having, without
from compliance.kill.mutant import Break

DOMAIN = "AWS::SageMaker::Domain"
GROUP = "AWS::SageMaker::FeatureGroup"
PIPELINE = "AWS::SageMaker::Pipeline"
REPOSITORY = "AWS::ECR::Repository"
VOLUME_KEY = r"\"VolumeKmsKeyId\":"
ENVIRONMENT = r"\"Environment\":{"


def _rewriting(old: str, new: str) -> Change:
    """Return a change of the text that is a pipeline's definition, quotes escaped as in JSON."""

    def change(properties: Properties) -> None:
        before = json.dumps(properties["PipelineDefinition"])
        if old not in before:
            raise MutantError(f"a pipeline's definition has no {old}")
        properties["PipelineDefinition"] = json.loads(before.replace(old, new))

    return change


BREAKS = (
    Break(
        rule="IRYO-ECR-ENCRYPTION",
        name="images without a key of ours",
        type=REPOSITORY,
        change=without("EncryptionConfiguration"),
    ),
    Break(
        rule="IRYO-ECR-IMAGES",
        name="images that can be replaced",
        type=REPOSITORY,
        change=having("MUTABLE", "ImageTagMutability"),
    ),
    Break(
        rule="IRYO-ECR-SCAN",
        name="images not scanned",
        type=REPOSITORY,
        change=having(False, "ImageScanningConfiguration", "ScanOnPush"),
    ),
    Break(
        rule="IRYO-SAGEMAKER-DOMAIN-ENCRYPTION",
        name="home folders without a key of ours",
        type=DOMAIN,
        change=without("KmsKeyId"),
    ),
    Break(
        rule="IRYO-SAGEMAKER-DOMAIN-IDENTITY",
        name="nobody can tell who did what",
        type=DOMAIN,
        change=having("DISABLED", "DomainSettings", "ExecutionRoleIdentityConfig"),
    ),
    Break(
        rule="IRYO-SAGEMAKER-DOMAIN-NETWORK",
        name="notebooks on the Internet",
        type=DOMAIN,
        change=having("PublicInternetOnly", "AppNetworkAccessType"),
    ),
    Break(
        rule="IRYO-SAGEMAKER-FEATURE-GROUP",
        name="features without a key of ours",
        type=GROUP,
        change=without("OfflineStoreConfig", "S3StorageConfig", "KmsKeyId"),
    ),
    Break(
        rule="IRYO-SAGEMAKER-JOBS-ENCRYPTION",
        name="disks of a pipeline's jobs without a key of ours",
        type=PIPELINE,
        change=_rewriting(VOLUME_KEY, VOLUME_KEY.replace("Volume", "No")),
    ),
    Break(
        rule="IRYO-SAGEMAKER-PIPELINE-SECRETS",
        name="a token in a pipeline's definition",
        type=PIPELINE,
        change=_rewriting(ENVIRONMENT, ENVIRONMENT + r"\"API_TOKEN\":\"written\","),
    ),
)
