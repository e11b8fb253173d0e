"""The cluster: private, logged, with its secrets encrypted and nobody in it by default."""

import aws_cdk as cdk
from aws_cdk import aws_eks as eks
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.config import Stage
from infra.config.eks import Autoscaling
from infra.ecs.needs import Statement, allow
from infra.eks.roles import EksRole, service_trust
from infra.eks.room import Room
from infra.network.log_group import audit_log_group

LOGS = ("api", "audit", "authenticator", "controllerManager", "scheduler")
SERVICES = "172.20.0.0/16"
"""Addresses of services inside the cluster; nothing outside ever sees them."""
# https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html
AUTO_POLICIES = (
    *("AmazonEKSBlockStoragePolicy", "AmazonEKSComputePolicy", "AmazonEKSLoadBalancingPolicy"),
    "AmazonEKSNetworkingPolicy",
)


class ClusterConstruct(Construct):
    """An EKS cluster whose API server answers inside the VPC only."""

    resource: eks.CfnCluster
    provider: str
    """ARN of the OpenID Connect provider that IRSA trusts."""

    def __init__(
        self, scope: Construct, construct_id: str, *, room: Room, control_plane: str
    ) -> None:
        super().__init__(scope, construct_id)
        config, Cluster = room.config, eks.CfnCluster  # noqa: N806 (a class)
        auto = config.eks.autoscaling is Autoscaling.AUTO_MODE
        # EKS would make the group itself, unencrypted and for ever.
        logs = audit_log_group(
            self,
            "Logs",
            config=config,
            key=room.security.log_key,
            name=f"/aws/eks/{room.cluster}/cluster",
        )
        role = EksRole(
            self,
            "Role",
            description=f"Control plane of {room.cluster}",
            trust=service_trust("eks.amazonaws.com", session_tags=auto),
            aws_policies=["AmazonEKSClusterPolicy", *(AUTO_POLICIES if auto else ())],
            statements=_statements(room) if auto else (),
        )
        self.resource = Cluster(
            self,
            "Cluster",
            name=room.cluster,
            version=config.eks.version,
            role_arn=role.arn,
            resources_vpc_config=Cluster.ResourcesVpcConfigProperty(
                subnet_ids=room.subnets,
                security_group_ids=[control_plane],
                endpoint_private_access=True,
                endpoint_public_access=False,
            ),
            access_config=Cluster.AccessConfigProperty(
                authentication_mode="API", bootstrap_cluster_creator_admin_permissions=False
            ),
            encryption_config=[
                Cluster.EncryptionConfigProperty(
                    provider=Cluster.ProviderProperty(key_arn=room.key.key_arn),
                )
            ],
            logging=Cluster.LoggingProperty(
                cluster_logging=Cluster.ClusterLoggingProperty(
                    enabled_types=[Cluster.LoggingTypeConfigProperty(type=one) for one in LOGS]
                )
            ),
            kubernetes_network_config=Cluster.KubernetesNetworkConfigProperty(
                ip_family="ipv4",
                service_ipv4_cidr=SERVICES,
                elastic_load_balancing=Cluster.ElasticLoadBalancingProperty(enabled=auto),
            ),
            compute_config=Cluster.ComputeConfigProperty(enabled=auto),
            storage_config=Cluster.StorageConfigProperty(
                block_storage=Cluster.BlockStorageProperty(enabled=auto)
            ),
            bootstrap_self_managed_addons=False,
            # A cluster that nobody upgrades is upgraded, instead of costing six times as much.
            upgrade_policy=Cluster.UpgradePolicyProperty(support_type="STANDARD"),
            zonal_shift_config=Cluster.ZonalShiftConfigProperty(enabled=True),
            deletion_protection=config.stage is Stage.PRODUCTION,
        )
        self.resource.node.add_dependency(logs)
        if role.policy:
            self.resource.node.add_dependency(role.policy)
        self.provider = iam.CfnOIDCProvider(
            self,
            "TokenIssuer",
            url=self.resource.attr_open_id_connect_issuer_url,
            client_id_list=["sts.amazonaws.com"],
        ).attr_arn

    @property
    def issuer(self) -> str:
        """The issuer of service accounts' tokens, as IAM's condition keys have it."""
        return cdk.Fn.select(1, cdk.Fn.split("//", self.resource.attr_open_id_connect_issuer_url))


def _statements(room: Room) -> list[Statement]:
    """Return what Auto Mode needs for disks under our key and for our tags on what it makes.

    https://docs.aws.amazon.com/eks/latest/userguide/auto-kms.html
    """
    through = {
        "StringEquals": {
            "kms:CallerAccount": cdk.Aws.ACCOUNT_ID,
            "kms:ViaService": f"ec2.{cdk.Aws.REGION}.amazonaws.com",
        }
    }
    here = f"arn:{cdk.Aws.PARTITION}:ec2:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}"
    mine = {"StringEquals": {"aws:RequestTag/eks:eks-cluster-name": room.cluster}}
    kinds = ("fleet", "instance", "launch-template", "network-interface", "spot-instances-request")
    return [
        allow(
            "NodeDisks",
            ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext"],
            room.key.key_arn,
            conditions=through,
        ),
        allow(
            "NodeDiskGrants",
            ["kms:CreateGrant"],
            room.key.key_arn,
            conditions={**through, "Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
        allow(
            "TaggedNodes",
            ["ec2:CreateFleet", "ec2:CreateLaunchTemplate", "ec2:RunInstances"],
            *(f"{here}:{kind}/*" for kind in (*kinds, "volume")),
            conditions=mine,
        ),
    ]
