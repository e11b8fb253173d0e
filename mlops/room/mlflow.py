"""MLflow, serverless or as the older tracking server; artefacts lie in the lake."""

import aws_cdk as cdk
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from infra.config.mlops import Mlflow as Setting
from infra.ingestion.permissions import allow
from mlops.room import names, permissions
from mlops.room.room import Room
from mlops.room.service_role import ServiceRole

MAINTENANCE = "Sun:18:00"
"""UTC: Monday, 3:00 in Japan."""


class Mlflow(Construct):
    """Nothing is registered by itself: a version of a model comes from the pipeline, with evidence.

    AWS encrypts the tracking data with a key of its own: neither resource takes ours. Artefacts,
    which are models and plots, are under the important key.
    """

    def __init__(self, scope: Construct, construct_id: str, *, room: Room) -> None:
        super().__init__(scope, construct_id)
        bucket = room.data.important
        role = ServiceRole(
            self,
            "Role",
            services=["sagemaker"],
            description="MLflow: artefacts",
            statements=[
                permissions.read_write(room, "Artifacts", names.MLFLOW),
                allow("Lists", ["s3:GetBucketLocation", "s3:ListBucket"], bucket.bucket_arn),
                *permissions.use_key("ImportantKey", room.security.important_key),
            ],
        ).role.role_arn
        store = f"s3://{bucket.bucket_name}/{names.MLFLOW}"
        made: cdk.CfnResource
        if room.config.mlops.mlflow is Setting.APP:
            made = sagemaker.CfnMlflowApp(
                self,
                "App",
                name=room.names.prefix,
                artifact_store_uri=store,
                role_arn=role,
                model_registration_mode="AutoModelRegistrationDisabled",
                weekly_maintenance_window_start=MAINTENANCE,
            )
        else:
            made = sagemaker.CfnMlflowTrackingServer(
                self,
                "Server",
                tracking_server_name=room.names.prefix,
                tracking_server_size=room.config.mlops.mlflow_server_size,
                artifact_store_uri=store,
                role_arn=role,
                automatic_model_registration=False,
                weekly_maintenance_window_start=MAINTENANCE,
            )
        made.apply_removal_policy(cdk.RemovalPolicy[room.config.data.removal.upper()])
