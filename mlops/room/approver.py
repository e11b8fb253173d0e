"""Who approves versions of models."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.ingestion.permissions import allow
from mlops.room import names, permissions
from mlops.room.names import sagemaker
from mlops.room.room import Room


class Approver(Construct):
    """A role for members of a permission set of IAM Identity Center.

    It reads evidence and approves or rejects; it makes nothing, so nobody approves their own work.
    """

    role: iam.IRole

    def __init__(self, scope: Construct, construct_id: str, *, room: Room) -> None:
        super().__init__(scope, construct_id)
        words = "Approves or rejects versions of models"
        role = iam.Role(
            self,
            "Role",
            description=words,
            assumed_by=iam.ArnPrincipal(permissions.account_root()).with_conditions(
                {"ArnLike": {"aws:PrincipalArn": _permission_set(room)}}
            ),
        )
        iam.ManagedPolicy(
            self, "Policy", description=words, roles=[role], statements=_statements(room)
        )
        self.role = iam.Role.from_role_arn(self, "AsItIs", role.role_arn, mutable=False)


def _permission_set(room: Room) -> str:
    """Return the ARN of the role that IAM Identity Center makes for the permission set."""
    roles = f"arn:{cdk.Aws.PARTITION}:iam::{cdk.Aws.ACCOUNT_ID}:role/aws-reserved/sso.amazonaws.com"
    return f"{roles}/*AWSReservedSSO_{room.config.mlops.release.approvers}_*"


def _statements(room: Room) -> list[iam.PolicyStatement]:
    group = room.names.package_group
    return [
        allow(
            "Approve",
            [
                *("sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages"),
                *("sagemaker:DescribeModelPackageGroup", "sagemaker:UpdateModelPackage"),
            ],
            sagemaker(f"model-package-group/{group}"),
            sagemaker(f"model-package/{group}/*"),
        ),
        permissions.read(room, "Evidence", names.PIPELINES),
        allow("EvidenceKey", ["kms:Decrypt"], room.security.important_key.key_arn),
        permissions.not_confidential(room),
    ]
