"""What Studio runs as: a role for data scientists and one for ML engineers."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.config.mlops import FeatureStore, Mlflow
from infra.ingestion.permissions import allow
from mlops.room import names, permissions
from mlops.room.mlflow_actions import READ_WRITE
from mlops.room.names import sagemaker
from mlops.room.room import Room


class StudioRoles(Construct):
    """Both read de-identified and general data, and run protected jobs; neither approves.

    An engineer also changes and stops pipelines and shifts an endpoint's traffic.
    """

    data_scientist: iam.IRole
    ml_engineer: iam.IRole

    def __init__(self, scope: Construct, construct_id: str, *, room: Room, jobs: iam.IRole) -> None:
        super().__init__(scope, construct_id)
        scientist, engineer = self._role("DataScientist"), self._role("MlEngineer")
        both = [scientist, engineer]
        # A managed policy holds 6,144 characters, so what both may do is in three.
        self._policy("Data", "Studio: network, data and keys", both, _data(room))
        self._policy("Jobs", "Studio: protected jobs only", both, _jobs(room, jobs))
        self._policy("Tools", "Studio: applications, pipelines, experiments", both, _tools(room))
        self._policy("Operation", "Studio of ML engineers", [engineer], _operate(room))
        self.data_scientist = _as_it_is(scientist)
        self.ml_engineer = _as_it_is(engineer)

    def _role(self, construct_id: str) -> iam.Role:
        mine = {"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}}
        return iam.Role(
            self,
            construct_id,
            description=f"Studio: {construct_id}",
            assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com", conditions=mine),
        )

    def _policy(
        self,
        construct_id: str,
        description: str,
        roles: list[iam.Role],
        statements: list[iam.PolicyStatement],
    ) -> None:
        iam.ManagedPolicy(
            self, construct_id, description=description, roles=roles, statements=statements
        )


def _as_it_is(role: iam.Role) -> iam.IRole:
    return iam.Role.from_role_arn(role, "AsItIs", role.role_arn, mutable=False)


def _data(room: Room) -> list[iam.PolicyStatement]:
    return [
        *permissions.join_vpc(room),
        *permissions.pull_image(permissions.repository_arn(room)),
        *permissions.write_job_logs(room),
        *permissions.read_training_data(room),
        permissions.read(room, "Artifacts", names.PIPELINES, names.FEATURES),
        permissions.read_write(room, "Workspaces", names.WORKSPACES),
        *permissions.use_key("ImportantKey", room.security.important_key),
        allow("GeneralKey", ["kms:Decrypt"], room.security.general_key.key_arn),
        permissions.not_confidential(room),
    ]


def _jobs(room: Room, jobs: iam.IRole) -> list[iam.PolicyStatement]:
    return [
        permissions.run_jobs(),
        permissions.pass_role(jobs.role_arn),
        *permissions.only_protected_jobs(room),
    ]


def _tools(room: Room) -> list[iam.PolicyStatement]:
    return [
        allow(
            "Studio",
            [
                *("sagemaker:CreateApp", "sagemaker:DeleteApp", "sagemaker:DescribeApp"),
                *("sagemaker:CreateSpace", "sagemaker:UpdateSpace", "sagemaker:DeleteSpace"),
                *("sagemaker:DescribeSpace", "sagemaker:DescribeDomain"),
                "sagemaker:DescribeUserProfile",
            ],
            *(sagemaker(f"{kind}/*") for kind in ("domain", "user-profile", "space", "app")),
        ),
        # These actions have no resource types.
        allow("StudioLists", ["sagemaker:ListApps", "sagemaker:ListSpaces"], "*"),
        *_look(room),
        *_features(room),
        *_experiments(room),
        iam.PolicyStatement(
            sid="ApprovesNothing",
            effect=iam.Effect.DENY,
            actions=["sagemaker:UpdateModelPackage"],
            resources=["*"],
        ),
    ]


def _look(room: Room) -> list[iam.PolicyStatement]:
    return [
        allow(
            "Pipelines",
            [
                *("sagemaker:DescribePipeline", "sagemaker:ListPipelineExecutions"),
                *("sagemaker:DescribePipelineExecution", "sagemaker:ListPipelineExecutionSteps"),
                "sagemaker:DescribePipelineDefinitionForExecution",
                "sagemaker:StartPipelineExecution",
            ],
            sagemaker(f"pipeline/{room.names.prefix}-*"),
        ),
        allow(
            "Versions",
            [
                *("sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages"),
                "sagemaker:DescribeModelPackageGroup",
            ],
            sagemaker(f"model-package-group/{room.names.package_group}"),
            sagemaker(f"model-package/{room.names.package_group}/*"),
        ),
    ]


def _features(room: Room) -> list[iam.PolicyStatement]:
    if room.config.mlops.feature_store is not FeatureStore.ONLINE:
        return []
    group = sagemaker(f"feature-group/{room.names.feature_group}")
    return [allow("Features", ["sagemaker:BatchGetRecord", "sagemaker:GetRecord"], group)]


def _experiments(room: Room) -> list[iam.PolicyStatement]:
    match room.config.mlops.mlflow:
        case Mlflow.NONE:
            return []
        case Mlflow.APP:
            resource = sagemaker("mlflow-app/*")
            calls = ["sagemaker:CallMlflowAppApi", "sagemaker:CreatePresignedMlflowAppUrl"]
        case Mlflow.SERVER:
            resource = sagemaker(f"mlflow-tracking-server/{room.names.prefix}")
            calls = ["sagemaker:CreatePresignedMlflowTrackingServerUrl"]
    return [allow("Mlflow", [*calls, *READ_WRITE], resource)]


def _operate(room: Room) -> list[iam.PolicyStatement]:
    return [
        allow(
            "Pipelines",
            ["sagemaker:StopPipelineExecution", "sagemaker:UpdatePipeline"],
            sagemaker(f"pipeline/{room.names.prefix}-*"),
        ),
        allow(
            "Endpoint",
            ["sagemaker:DescribeEndpoint", "sagemaker:UpdateEndpointWeightsAndCapacities"],
            sagemaker(f"endpoint/{room.names.endpoint}"),
        ),
    ]
