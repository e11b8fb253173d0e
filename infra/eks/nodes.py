"""Managed node groups: a hardened launch template, a role that can do little, two zones."""

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks as eks
from constructs import Construct

from infra.config.eks import GpuConfig, NodesConfig, NodeSystem
from infra.config.eks_checks import is_graviton
from infra.eks.roles import EksRole, service_trust
from infra.eks.room import Room

# https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html
POLICIES = ("AmazonEC2ContainerRegistryPullOnly", "AmazonEKSWorkerNodeMinimalPolicy")
ROOT, BOTTLEROCKET_DATA = "/dev/xvda", "/dev/xvdb"
BOTTLEROCKET_ROOT_GB = 4
GPU = "nvidia.com/gpu"


def node_role(scope: Construct, construct_id: str, *, description: str) -> EksRole:
    """Make the role of nodes: join, pull images. Pods have roles of their own."""
    return EksRole(
        scope,
        construct_id,
        description=description,
        trust=service_trust("ec2.amazonaws.com"),
        aws_policies=POLICIES,
    )


class Nodes(Construct):
    """The general node group and, when wanted, one with GPUs."""

    groups: Sequence[eks.CfnNodegroup]

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        cluster: eks.CfnCluster,
        group: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self._room, self._cluster = room, cluster
        settings, network = room.config.eks, room.network
        worn = [group, network.application_sg.security_group_id]
        self._role = node_role(self, "Role", description=f"Nodes of {room.cluster}").arn
        found = [self._group("General", settings.nodes, worn, ami=_ami(settings.nodes))]
        if settings.gpu.enabled:
            worn = [*worn, network.ml_sg.security_group_id]
            found.append(
                self._group("Gpu", settings.gpu, worn, ami=_gpu_ami(settings.gpu), gpu=True)
            )
        self.groups = found

    def _group(
        self,
        name: str,
        size: NodesConfig | GpuConfig,
        worn: Sequence[str],
        *,
        ami: str,
        gpu: bool = False,
    ) -> eks.CfnNodegroup:
        Group = eks.CfnNodegroup  # noqa: N806 (a class)
        template = self._template(name, size, worn, bottlerocket=ami.startswith("BOTTLEROCKET"))
        taint = Group.TaintProperty(key=GPU, value="present", effect="NO_SCHEDULE")
        return Group(
            self,
            name,
            cluster_name=self._cluster.ref,
            node_role=self._role,
            subnets=self._room.subnets,
            ami_type=ami,
            instance_types=list(size.instances),
            capacity_type="ON_DEMAND",
            version=self._room.config.eks.version,
            scaling_config=Group.ScalingConfigProperty(
                min_size=size.min, max_size=size.max, desired_size=size.min
            ),
            launch_template=Group.LaunchTemplateSpecificationProperty(
                id=template.ref, version=template.attr_latest_version_number
            ),
            update_config=Group.UpdateConfigProperty(max_unavailable_percentage=33),
            node_repair_config=Group.NodeRepairConfigProperty(enabled=True),
            labels={"iryo.io/nodes": name.lower()},
            taints=[taint] if gpu else None,
        )

    def _template(
        self, name: str, size: NodesConfig | GpuConfig, worn: Sequence[str], *, bottlerocket: bool
    ) -> ec2.CfnLaunchTemplate:
        Template = ec2.CfnLaunchTemplate  # noqa: N806 (a class)
        disks = (
            {ROOT: BOTTLEROCKET_ROOT_GB, BOTTLEROCKET_DATA: size.disk_gb}
            if bottlerocket
            else {ROOT: size.disk_gb}
        )
        tags = [
            {"key": key, "value": value} for key, value in sorted(self._room.node_tags().items())
        ]
        return Template(
            self,
            f"{name}Template",
            launch_template_data=Template.LaunchTemplateDataProperty(
                metadata_options=Template.MetadataOptionsProperty(
                    http_endpoint="enabled",
                    http_tokens="required",
                    # A pod is one hop further, so it never gets the node's credentials.
                    http_put_response_hop_limit=1,
                    instance_metadata_tags="disabled",
                ),
                block_device_mappings=[
                    Template.BlockDeviceMappingProperty(
                        device_name=device,
                        ebs=Template.EbsProperty(
                            encrypted=True,
                            kms_key_id=self._room.key.key_arn,
                            volume_size=gigabytes,
                            volume_type="gp3",
                            delete_on_termination=True,
                        ),
                    )
                    for device, gigabytes in disks.items()
                ],
                security_group_ids=list(worn),
                monitoring=Template.MonitoringProperty(enabled=True),
                tag_specifications=[
                    Template.TagSpecificationProperty(resource_type=kind, tags=tags)
                    for kind in ("instance", "volume", "network-interface")
                ],
            ),
        )


def _ami(nodes: NodesConfig) -> str:
    arm = is_graviton(nodes.instances[0])
    if nodes.system is NodeSystem.BOTTLEROCKET:
        return "BOTTLEROCKET_ARM_64" if arm else "BOTTLEROCKET_x86_64"
    return "AL2023_ARM_64_STANDARD" if arm else "AL2023_x86_64_STANDARD"


def _gpu_ami(gpu: GpuConfig) -> str:
    arm = is_graviton(gpu.instances[0])
    return "BOTTLEROCKET_ARM_64_NVIDIA" if arm else "BOTTLEROCKET_x86_64_NVIDIA"
