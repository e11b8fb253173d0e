"""The roles of pipelines, their jobs and the endpoint."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.config.mlops import FeatureStore
from infra.ingestion.permissions import allow
from mlops.room import names, permissions
from mlops.room.names import arn, sagemaker
from mlops.room.room import Room
from mlops.room.service_role import ServiceRole

ANALYSER = "sagemaker-model-monitor-analyzer"
"""AWS's image, in an account of its own in each Region."""
PIPELINE_JOBS = "pipelines-*"
"""SageMaker names the jobs of pipelines so."""


class JobRoles(Construct):
    """Who trains reads de-identified records and writes models; who watches reads captures.

    `pipeline` starts jobs and reads no data. `jobs` is what training runs as, `monitoring` what
    the drift check runs as, `endpoint` what serves: it reads models and writes captures.
    """

    pipeline: iam.IRole
    jobs: iam.IRole
    monitoring: iam.IRole
    endpoint: iam.IRole

    def __init__(self, scope: Construct, construct_id: str, *, room: Room) -> None:
        super().__init__(scope, construct_id)
        jobs = self._role(
            "Jobs",
            "Training: reads de-identified and general data, writes models",
            [
                *_run_in_vpc(room),
                *permissions.read_training_data(room),
                permissions.read_write(room, "Artifacts", names.PIPELINES, names.SCORING),
                *permissions.use_key("ImportantKey", room.security.important_key),
                allow("GeneralKey", ["kms:Decrypt"], room.security.general_key.key_arn),
                *_features(room),
                permissions.not_confidential(room),
            ],
        )
        monitoring = self._role(
            "Monitoring",
            "Checks: read captured requests, baselines and models, train nothing",
            [
                *_run_in_vpc(room),
                permissions.read(room, "Baselines", names.PIPELINES),
                *_captures(room),
                *permissions.use_key("ConfidentialKey", room.security.confidential_key),
                allow("ImportantKey", ["kms:Decrypt"], room.security.important_key.key_arn),
            ],
        )
        endpoint = self._role(
            "Endpoint",
            "Serving: reads models, keeps requests and answers",
            [*_run_in_vpc(room), *_serve(room)],
        )
        pipeline = self._role(
            "Pipeline",
            "Pipelines: start jobs and register models",
            [
                permissions.run_jobs(PIPELINE_JOBS),
                *register(room),
                permissions.pass_role(jobs.role.role_arn, sid="PassJobs"),
                permissions.pass_role(monitoring.role.role_arn, sid="PassMonitoring"),
                permissions.read(room, "PropertyFiles", names.PIPELINES),
                allow(
                    "MonitoringPropertyFiles",
                    ["s3:GetObject"],
                    room.data.confidential.arn_for_objects(f"{names.MONITORING}/*"),
                ),
                *permissions.use_key(
                    "Keys", room.security.important_key, room.security.confidential_key
                ),
            ],
        )
        self.jobs, self.monitoring = jobs.role, monitoring.role
        self.endpoint, self.pipeline = endpoint.role, pipeline.role

    def _role(
        self, construct_id: str, description: str, statements: list[iam.PolicyStatement]
    ) -> ServiceRole:
        return ServiceRole(
            self,
            construct_id,
            services=["sagemaker"],
            description=description,
            statements=statements,
        )


def _run_in_vpc(room: Room) -> list[iam.PolicyStatement]:
    registry = room.config.mlops.release.registry
    elsewhere = [arn("ecr", "repository/*", account=registry)] if registry else []
    if room.config.mlops.endpoint.model_monitor_baseline:
        elsewhere.append(arn("ecr", f"repository/{ANALYSER}", account="*"))
    return [
        *permissions.join_vpc(room),
        *permissions.pull_image(permissions.repository_arn(room), *elsewhere),
        *permissions.write_job_logs(room),
    ]


def _features(room: Room) -> list[iam.PolicyStatement]:
    if room.config.mlops.feature_store is FeatureStore.OFF:
        return []
    group = sagemaker(f"feature-group/{room.names.feature_group}")
    return [allow("Features", ["sagemaker:PutRecord"], group)]


def _captures(room: Room) -> list[iam.PolicyStatement]:
    bucket = room.data.confidential
    return [
        allow("Captures", ["s3:GetObject"], bucket.arn_for_objects(f"{names.CAPTURE}/*")),
        allow(
            "Findings",
            ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
            bucket.arn_for_objects(f"{names.MONITORING}/*"),
        ),
        _list(bucket.bucket_arn, names.CAPTURE, names.MONITORING),
        _list(room.data.important.bucket_arn, names.PIPELINES, sid="BaselineLists"),
    ]


def _serve(room: Room) -> list[iam.PolicyStatement]:
    release, bucket = room.config.mlops.release, room.data.confidential
    models = [room.data.important.arn_for_objects(f"{names.PIPELINES}/*")]
    keys = [room.security.important_key.key_arn]
    if release.registry_bucket and release.registry_key:
        models.append(f"arn:{cdk.Aws.PARTITION}:s3:::{release.registry_bucket}/{names.PIPELINES}/*")
        keys.append(release.registry_key)
    return [
        allow("Models", ["s3:GetObject"], *models),
        allow("ModelKeys", ["kms:Decrypt"], *keys),
        allow(
            "Captures",
            ["s3:GetObject", "s3:PutObject"],
            *(bucket.arn_for_objects(f"{name}/*") for name in (names.CAPTURE, names.ASYNC)),
        ),
        *permissions.use_key("ConfidentialKey", room.security.confidential_key),
    ]


def register(room: Room) -> list[iam.PolicyStatement]:
    """Allow registering versions and noting down runs."""
    group = room.names.package_group
    experiments = ("experiment", "experiment-trial", "experiment-trial-component")
    return [
        allow(
            "Register",
            [
                *("sagemaker:CreateModelPackage", "sagemaker:DescribeModelPackage"),
                *("sagemaker:DescribeModelPackageGroup", "sagemaker:AddTags"),
            ],
            sagemaker(f"model-package-group/{group}"),
            sagemaker(f"model-package/{group}/*"),
        ),
        allow(
            "Experiments",
            [
                *("sagemaker:CreateExperiment", "sagemaker:DescribeExperiment"),
                *("sagemaker:CreateTrial", "sagemaker:DescribeTrial"),
                *("sagemaker:CreateTrialComponent", "sagemaker:DescribeTrialComponent"),
                *("sagemaker:UpdateTrialComponent", "sagemaker:AssociateTrialComponent"),
            ],
            *(sagemaker(f"{kind}/*") for kind in experiments),
        ),
    ]


def _list(bucket: str, *prefixes: str, sid: str = "Lists") -> iam.PolicyStatement:
    statement = allow(sid, ["s3:ListBucket"], bucket)
    statement.add_condition("StringLike", {"s3:prefix": [f"{name}/*" for name in prefixes]})
    return statement
