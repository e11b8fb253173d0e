"""SageMaker Studio: a domain in the VPC only, and a profile a person."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from mlops.room.properties import properties
from mlops.room.room import Room
from mlops.room.studio_roles import StudioRoles

HIDDEN = ["Canvas", "JupyterServer", "RStudioServerPro", "TensorBoard"]
"""Studio Classic has no idle timeout of its own, Canvas and RStudio are paid apart."""
FIRST_VOLUME_GB = 5


class Studio(Construct):
    """Applications shut down when nobody uses them; their volumes have the important key.

    The domain has no home file system: people's files are on the volumes of their spaces and in
    the workspaces of the lake, so no NFS is needed and nothing lies where no class is known.
    """

    domain_id: str

    def __init__(
        self, scope: Construct, construct_id: str, *, room: Room, people: StudioRoles
    ) -> None:
        super().__init__(scope, construct_id)
        settings = room.config.mlops.studio
        domain = sagemaker.CfnDomain(
            self,
            "Domain",
            domain_name=room.names.prefix,
            auth_mode=settings.auth.upper(),
            vpc_id=room.network.vpc.vpc_id,
            subnet_ids=list(room.subnets),
            app_network_access_type="VpcOnly",
            kms_key_id=room.security.important_key.key_arn,
            home_efs_file_system_creation="Disabled",
            tag_propagation="ENABLED",
            default_user_settings=properties(_user_settings(room, people.data_scientist)),
            default_space_settings=properties(
                {
                    "ExecutionRole": people.data_scientist.role_arn,
                    "SecurityGroups": list(room.security_groups),
                    "JupyterLabAppSettings": _idle(room),
                    "SpaceStorageSettings": _storage(room),
                }
            ),
            domain_settings=properties(
                {
                    # CloudTrail then shows the person behind the shared role.
                    "ExecutionRoleIdentityConfig": "USER_PROFILE_NAME",
                    "DockerSettings": {"EnableDockerAccess": "DISABLED"},
                }
            ),
        )
        domain.apply_removal_policy(cdk.RemovalPolicy[room.config.data.removal.upper()])
        self.domain_id = domain.attr_domain_id
        self._profiles(room, settings.data_scientists, people.data_scientist)
        self._profiles(room, settings.ml_engineers, people.ml_engineer)

    def _profiles(self, room: Room, users: Sequence[str], role: iam.IRole) -> None:
        sso = room.config.mlops.studio.auth == "sso"
        for user in users:
            sagemaker.CfnUserProfile(
                self,
                f"User{user}",
                domain_id=self.domain_id,
                user_profile_name=user,
                single_sign_on_user_identifier="UserName" if sso else None,
                single_sign_on_user_value=user if sso else None,
                # The rest, and with it the idle timeout, comes from the domain.
                user_settings=properties({"ExecutionRole": role.role_arn}),
            )


def _user_settings(room: Room, role: iam.IRole) -> dict[str, object]:
    return {
        "ExecutionRole": role.role_arn,
        "SecurityGroups": list(room.security_groups),
        "StudioWebPortal": "ENABLED",
        "DefaultLandingUri": "studio::",
        "AutoMountHomeEFS": "Disabled",
        "SharingSettings": {"NotebookOutputOption": "Disabled"},
        "StudioWebPortalSettings": {"HiddenAppTypes": HIDDEN},
        "JupyterLabAppSettings": _idle(room),
        "CodeEditorAppSettings": _idle(room),
        "SpaceStorageSettings": _storage(room),
    }


def _idle(room: Room) -> dict[str, object]:
    minutes = room.config.mlops.studio.idle_minutes
    return {
        "AppLifecycleManagement": {
            "IdleSettings": {
                "LifecycleManagement": "ENABLED",
                "IdleTimeoutInMinutes": minutes,
                "MinIdleTimeoutInMinutes": minutes,
                "MaxIdleTimeoutInMinutes": minutes,
            }
        }
    }


def _storage(room: Room) -> dict[str, object]:
    return {
        "DefaultEbsStorageSettings": {
            "DefaultEbsVolumeSizeInGb": FIRST_VOLUME_GB,
            "MaximumEbsVolumeSizeInGb": room.config.mlops.studio.largest_volume_gb,
        }
    }
