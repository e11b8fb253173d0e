"""The cluster, its capacity, and the private names of what runs on it."""

from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_logs as logs
from aws_cdk import aws_servicediscovery as discovery
from constructs import Construct

from infra.ecs.instances import Instances
from infra.ecs.room import Room
from infra.ingestion.log_group import log_group

FARGATE, SPOT = "FARGATE", "FARGATE_SPOT"


class Cluster(Construct):
    """Disks are encrypted with the key of the most protected class: any service may run here.

    `shell_log` keeps what is typed into containers where ECS Exec is on; where it is off, nothing
    is ever written to it. Services wait for `capacity`.
    """

    capacity: ecs.CfnClusterCapacityProviderAssociations
    instances: Instances | None
    namespace: discovery.CfnPrivateDnsNamespace
    domain: str
    shell_log: logs.LogGroup

    def __init__(self, scope: Construct, construct_id: str, *, room: Room) -> None:
        super().__init__(scope, construct_id)
        config = room.config
        self.shell_log = log_group(
            self, "ShellLog", config=config, key=room.security.log_key, audit=True
        )
        cluster = self._cluster(room)
        self.instances = (
            Instances(self, "Instances", room=room, settings=config.ecs.instances, cluster=cluster)
            if config.ecs.instances
            else None
        )
        own = [self.instances.name] if self.instances else []
        self.capacity = ecs.CfnClusterCapacityProviderAssociations(
            self,
            "Capacity",
            cluster=cluster.ref,
            capacity_providers=[FARGATE, SPOT, *own],
            default_capacity_provider_strategy=[
                ecs.CfnClusterCapacityProviderAssociations.CapacityProviderStrategyProperty(
                    capacity_provider=FARGATE, weight=1
                )
            ],
        )
        self.domain = f"{config.name}.{config.tags.project}.internal"
        self.namespace = discovery.CfnPrivateDnsNamespace(
            self,
            "Namespace",
            name=self.domain,
            vpc=room.network.vpc.vpc_id,
            description=f"Services of {config.name}, inside the VPC only",
        )

    def _cluster(self, room: Room) -> ecs.CfnCluster:
        keys = room.security
        return ecs.CfnCluster(
            self,
            "Cluster",
            cluster_name=room.cluster,
            cluster_settings=[
                ecs.CfnCluster.ClusterSettingsProperty(
                    name="containerInsights", value=room.config.ecs.insights
                )
            ],
            configuration=ecs.CfnCluster.ClusterConfigurationProperty(
                execute_command_configuration=ecs.CfnCluster.ExecuteCommandConfigurationProperty(
                    kms_key_id=keys.log_key.key_arn,
                    logging="OVERRIDE",
                    log_configuration=ecs.CfnCluster.ExecuteCommandLogConfigurationProperty(
                        cloud_watch_log_group_name=self.shell_log.log_group_name,
                        cloud_watch_encryption_enabled=True,
                    ),
                ),
                managed_storage_configuration=ecs.CfnCluster.ManagedStorageConfigurationProperty(
                    fargate_ephemeral_storage_kms_key_id=keys.confidential_key.key_arn,
                    kms_key_id=keys.confidential_key.key_arn,
                ),
            ),
        )
