"""File systems that clusters mount: FSx for Lustre, linked to the lake, and EFS for homes."""

import aws_cdk as cdk
from aws_cdk import aws_efs as efs
from constructs import Construct

from compliance.waivers import waive
from hpc.cluster_storage import home_properties, lustre_properties, repository_properties
from hpc.room import waivers
from hpc.room.control import Control
from hpc.room.resource import resource
from hpc.room.room import Room
from hpc.surroundings import Surroundings
from infra.config.hpc import Cluster
from infra.config.hpc_storage import Lustre

LAKE_ACCESS = "s3.data-source.lustre.fsx.amazonaws.com"


class Storage(Construct):
    """The file systems of one cluster; `file_systems` are their ids by storage name."""

    file_systems: dict[str, str]

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        cluster: Cluster,
        surroundings: Surroundings,
        control: Control,
    ) -> None:
        super().__init__(scope, construct_id)
        self._room, self._surroundings, self._control = room, surroundings, control
        self.file_systems = {lustre.name: self._lustre(lustre) for lustre in cluster.storage.lustre}
        if home := cluster.storage.home:
            self.file_systems[home.name] = self._home(keep=home.keep)

    def _lustre(self, lustre: Lustre) -> str:
        name = lustre.name.capitalize()
        made = resource(
            self,
            name,
            "AWS::FSx::FileSystem",
            lustre_properties(lustre, self._surroundings),
            config=self._room.config,
        )
        self._keep(made, lustre.keep)
        if not lustre.repositories:
            return made.ref
        grants = self._control.key_grants(
            f"{name}Grants", [f"{LAKE_ACCESS}/{made.ref}"], scope=self
        )
        for index, repository in enumerate(lustre.repositories):
            link = resource(
                self,
                f"{name}Lake{index}",
                "AWS::FSx::DataRepositoryAssociation",
                repository_properties(
                    repository, file_system=made.ref, surroundings=self._surroundings
                ),
                config=self._room.config,
            )
            link.add_resource_dependency(grants)
        return made.ref

    def _home(self, *, keep: bool | None) -> str:
        properties = home_properties(self._surroundings)
        made = efs.CfnFileSystem(
            self,
            "Home",
            encrypted=True,
            kms_key_id=properties["KmsKeyId"],
            performance_mode=properties["PerformanceMode"],
            throughput_mode=properties["ThroughputMode"],
            backup_policy=efs.CfnFileSystem.BackupPolicyProperty(
                status=properties["BackupPolicy"]["Status"]
            ),
            lifecycle_policies=[
                efs.CfnFileSystem.LifecyclePolicyProperty(transition_to_ia="AFTER_30_DAYS"),
                efs.CfnFileSystem.LifecyclePolicyProperty(
                    transition_to_primary_storage_class="AFTER_1_ACCESS"
                ),
            ],
            file_system_policy=_only_over_tls(),
        )
        waive(made, *waivers.homes(self._room.config))
        self._keep(made, keep)
        for index, subnet in enumerate(self._room.storage_subnets):
            efs.CfnMountTarget(
                self,
                f"HomeTarget{index}",
                file_system_id=made.ref,
                subnet_id=subnet,
                security_groups=[self._surroundings.data_storage_group],
            )
        return made.ref

    def _keep(self, made: cdk.CfnResource, keep: bool | None) -> None:
        wanted = self._surroundings.retain if keep is None else keep
        made.apply_removal_policy(cdk.RemovalPolicy.RETAIN if wanted else cdk.RemovalPolicy.DESTROY)


def _only_over_tls() -> dict[str, object]:
    """Deny mounts in the clear, and all but this account; who mounts is for IAM to say."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "NoPlainText",
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": "*",
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
            {
                "Sid": "NobodyElse",
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": "*",
                "Condition": {
                    "StringNotEquals": {"aws:PrincipalAccount": cdk.Aws.ACCOUNT_ID},
                    "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                },
            },
        ],
    }
