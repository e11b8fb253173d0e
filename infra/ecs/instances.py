"""EC2 instances for tasks, as ECS Managed Instances.

ECS picks, starts, patches and replaces them (Bottlerocket, IMDSv2, no SSH); an Auto Scaling group
of our own would need an image, a launch template and somebody who patches.
"""

from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.config.services_cluster import InstancesConfig
from infra.ecs.room import Room

Provider = ecs.CfnCapacityProvider
# AWS extends both as the feature grows. The first lets ECS pass roles of this name only:
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-instance-profile.html
INFRASTRUCTURE = "AmazonECSInfrastructureRolePolicyForManagedInstances"
INSTANCE = "AmazonECSInstanceRolePolicyForManagedInstances"
ROLE_NAME = "ecsInstanceRole"


class Instances(Construct):
    """A capacity provider. Services choose it with capacity = "ec2"; `name` is what they name."""

    name: str

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        settings: InstancesConfig,
        cluster: ecs.CfnCluster,
    ) -> None:
        super().__init__(scope, construct_id)
        instance = self._role(
            "Instance",
            service="ec2.amazonaws.com",
            policy=INSTANCE,
            name=f"{ROLE_NAME}-{room.cluster}",
        )
        profile = iam.CfnInstanceProfile(self, "Profile", roles=[instance.ref])
        infrastructure = self._role(
            "Infrastructure", service="ecs.amazonaws.com", policy=INFRASTRUCTURE
        )
        provider = Provider(
            self,
            "Provider",
            cluster_name=cluster.ref,
            managed_instances_provider=Provider.ManagedInstancesProviderProperty(
                infrastructure_role_arn=infrastructure.attr_arn,
                instance_launch_template=_template(room, settings, profile.attr_arn),
                propagate_tags="CAPACITY_PROVIDER",
            ),
        )
        self.name = provider.ref

    def _role(
        self, construct_id: str, *, service: str, policy: str, name: str | None = None
    ) -> iam.CfnRole:
        return iam.CfnRole(
            self,
            construct_id,
            role_name=name,
            description=f"ECS Managed Instances: {construct_id.lower()}",
            assume_role_policy_document={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": "sts:AssumeRole",
                        "Principal": {"Service": service},
                    }
                ],
            },
            managed_policy_arns=[
                iam.ManagedPolicy.from_aws_managed_policy_name(policy).managed_policy_arn
            ],
        )


def _template(
    room: Room, settings: InstancesConfig, profile: str
) -> Provider.InstanceLaunchTemplateProperty:
    return Provider.InstanceLaunchTemplateProperty(
        ec2_instance_profile_arn=profile,
        network_configuration=Provider.ManagedInstancesNetworkConfigurationProperty(
            subnets=room.subnets, security_groups=room.security_groups
        ),
        storage_configuration=Provider.ManagedInstancesStorageConfigurationProperty(
            storage_size_gib=settings.disk_gb
        ),
        monitoring="BASIC",
        instance_requirements=Provider.InstanceRequirementsRequestProperty(
            v_cpu_count=Provider.VCpuCountRangeRequestProperty(min=1, max=settings.most_vcpus),
            memory_mib=Provider.MemoryMiBRequestProperty(min=1024),
            allowed_instance_types=list(settings.types),
        ),
    )
