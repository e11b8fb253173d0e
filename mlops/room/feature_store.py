"""The Feature Store group: an Iceberg table in the lake, and single records."""

import aws_cdk as cdk
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from infra.config.mlops import FeatureStore as Setting
from infra.ingestion.permissions import allow
from mlops.room import names, permissions
from mlops.room.names import arn
from mlops.room.room import Room
from mlops.room.service_role import ServiceRole
from mlops.steps.contracts import contract_named

EVENT_TIME = "event_time"
PART = "part"
"""Which part of the split a record is in: train, validation or test."""


class ClinicalFeatures(Construct):
    """One feature a column of the data contract; the important key encrypts both stores.

    `name` is the group's; depend on the construct where the group must be there.
    """

    name: str

    def __init__(self, scope: Construct, construct_id: str, *, room: Room) -> None:
        super().__init__(scope, construct_id)
        key = room.security.important_key.key_arn
        removal = cdk.RemovalPolicy[room.config.data.removal.upper()]
        contract = contract_named(room.config.mlops.training.dataset)
        database = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=cdk.Aws.ACCOUNT_ID,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=room.names.database, description="Offline stores of features"
            ),
        )
        role = ServiceRole(
            self,
            "Role",
            services=["sagemaker"],
            description="Feature Store: writes the offline store",
            statements=_write(room),
        )
        text = (contract.identifier, PART, EVENT_TIME)
        group = sagemaker.CfnFeatureGroup(
            self,
            "Group",
            feature_group_name=room.names.feature_group,
            description=f"Features of the data contract {contract.name}",
            record_identifier_feature_name=contract.identifier,
            event_time_feature_name=EVENT_TIME,
            feature_definitions=[
                sagemaker.CfnFeatureGroup.FeatureDefinitionProperty(
                    feature_name=name, feature_type="String" if name in text else "Fractional"
                )
                for name in (*text, *contract.names)
            ],
            role_arn=role.role.role_arn,
            offline_store_config={
                "S3StorageConfig": {
                    "S3Uri": f"s3://{room.data.important.bucket_name}/{names.FEATURES}",
                    "KmsKeyId": key,
                },
                "TableFormat": "Iceberg",
                "DataCatalogConfig": {
                    "Catalog": "AwsDataCatalog",
                    "Database": room.names.database,
                    "TableName": contract.name,
                },
            },
            online_store_config=_online(room, key),
        )
        group.node.add_dependency(database, role.policy)
        for resource in (database, group):
            resource.apply_removal_policy(removal)
        self.name = room.names.feature_group


def _online(room: Room, key: str) -> dict[str, object] | None:
    if room.config.mlops.feature_store is not Setting.ONLINE:
        return None
    return {"EnableOnlineStore": True, "SecurityConfig": {"KmsKeyId": key}}


def _write(room: Room) -> list[iam.PolicyStatement]:
    bucket, database = room.data.important, room.names.database
    return [
        allow(
            "OfflineStore",
            [
                *("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"),
                "s3:PutObjectAcl",
            ],
            bucket.arn_for_objects(f"{names.FEATURES}/*"),
        ),
        allow(
            "Bucket",
            ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:ListBucket"],
            bucket.bucket_arn,
        ),
        allow(
            "Catalog",
            [
                *("glue:CreateTable", "glue:GetDatabase", "glue:GetTable", "glue:GetTables"),
                "glue:UpdateTable",
            ],
            arn("glue", "catalog"),
            arn("glue", f"database/{database}"),
            arn("glue", f"table/{database}/*"),
        ),
        *permissions.use_key("ImportantKey", room.security.important_key),
    ]
