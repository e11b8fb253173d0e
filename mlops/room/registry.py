"""The registry: versions of the clinical model, each with its evidence."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from mlops.room.names import arn
from mlops.room.names import sagemaker as arn_of
from mlops.room.room import Room


class Registry(Construct):
    """A model package group. Accounts that deploy from it may look at versions, not change them."""

    name: str

    def __init__(self, scope: Construct, construct_id: str, *, room: Room) -> None:
        super().__init__(scope, construct_id)
        group = sagemaker.CfnModelPackageGroup(
            self,
            "Clinical",
            model_package_group_name=room.names.package_group,
            model_package_group_description="Versions of the clinical model with their evidence",
            model_package_group_policy=_policy(room)
            if room.config.mlops.release.accounts
            else None,
        )
        group.apply_removal_policy(cdk.RemovalPolicy[room.config.data.removal.upper()])
        self.name = room.names.package_group


def _policy(room: Room) -> dict[str, Any]:
    group = room.names.package_group
    principals = [
        f"arn:{cdk.Aws.PARTITION}:iam::{account}:root"
        for account in room.config.mlops.release.accounts
    ]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "DeployElsewhere",
                "Effect": "Allow",
                "Principal": {"AWS": principals},
                "Action": [
                    "sagemaker:DescribeModelPackage",
                    "sagemaker:DescribeModelPackageGroup",
                    "sagemaker:ListModelPackages",
                ],
                "Resource": [
                    arn_of(f"model-package-group/{group}"),
                    arn_of(f"model-package/{group}/*"),
                ],
                "Condition": {
                    "StringEquals": {"aws:PrincipalOrgID": room.config.account.organization_id}
                },
            }
        ],
    }


def group_of(room: Room) -> str:
    """Return the package group whose versions are deployed here."""
    return room.config.mlops.release.registry_group or room.names.package_group


def packages_of(room: Room) -> str:
    """Return the ARN of versions that are deployed here, without the version."""
    account = room.config.mlops.release.registry or cdk.Aws.ACCOUNT_ID
    return arn("sagemaker", f"model-package/{group_of(room)}", account=account)


def group_arn_of(room: Room) -> str:
    """Return the ARN of the package group whose versions are deployed here."""
    account = room.config.mlops.release.registry or cdk.Aws.ACCOUNT_ID
    return arn("sagemaker", f"model-package-group/{group_of(room)}", account=account)
