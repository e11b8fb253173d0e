"""The models room: SageMaker, and the images it runs."""

from compliance.kill.changes import having, rewriting, without
from compliance.kill.mutant import Break

DOMAIN = "AWS::SageMaker::Domain"
GROUP = "AWS::SageMaker::FeatureGroup"
PIPELINE = "AWS::SageMaker::Pipeline"
REPOSITORY = "AWS::ECR::Repository"
DEFINITION = "PipelineDefinition"
VOLUME_KEY = '"VolumeKmsKeyId":'
ENVIRONMENT = '"Environment":{'

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
        change=rewriting(VOLUME_KEY, '"NoKmsKeyId":', DEFINITION),
    ),
    *(
        Break(
            rule="IRYO-SAGEMAKER-JOBS-NETWORK",
            name=f"a pipeline's jobs with {switch} off",
            type=PIPELINE,
            change=rewriting(f'"{switch}":true', f'"{switch}":false', DEFINITION),
        )
        for switch in ("EnableNetworkIsolation", "EnableInterContainerTrafficEncryption")
    ),
    Break(
        rule="IRYO-SAGEMAKER-PIPELINE-SECRETS",
        name="a token in a pipeline's definition",
        type=PIPELINE,
        change=rewriting(ENVIRONMENT, f'{ENVIRONMENT}"API_TOKEN":"written",', DEFINITION),
    ),
)
