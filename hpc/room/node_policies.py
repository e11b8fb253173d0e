"""What cluster nodes may do: policies of ours beside the vendor's, and the bound of them all."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from hpc.room.room import Room
from hpc.room.statements import (
    Statement,
    allow,
    arn,
    bucket_arn,
    deny,
    document,
    pass_role,
    roles_of,
    use_key,
)
from infra.config.hpc import Cluster

# What ParallelCluster's head node policy asks for:
# https://docs.aws.amazon.com/parallelcluster/latest/ug/iam-roles-in-parallelcluster-v3.html
LAUNCHING = (
    *("ec2:AttachVolume", "ec2:CreateFleet", "ec2:CreateTags", "ec2:DescribeInstanceAttribute"),
    *("ec2:DetachVolume", "ec2:RunInstances", "ec2:TerminateInstances"),
    "autoscaling:CompleteLifecycleAction",
)
LOOKING = (
    *("ec2:DescribeCapacityReservations", "ec2:DescribeInstances", "ec2:DescribeInstanceStatus"),
    *("ec2:DescribeInstanceTypes", "ec2:DescribeLaunchTemplateVersions", "ec2:DescribeTags"),
    *("ec2:DescribeVolumes", "elasticloadbalancing:DescribeTargetGroups"),
    "elasticloadbalancing:DescribeTargetHealth",
)
SESSIONS = (
    *("ssm:DescribeAssociation", "ssm:GetDeployablePatchSnapshotForInstance", "ssm:GetDocument"),
    *("ssm:DescribeDocument", "ssm:GetManifest", "ssm:ListAssociations"),
    *("ssm:ListInstanceAssociations", "ssm:PutInventory", "ssm:PutComplianceItems"),
    *("ssm:PutConfigurePackageResult", "ssm:UpdateAssociationStatus"),
    *("ssm:UpdateInstanceAssociationStatus", "ssm:UpdateInstanceInformation"),
)
CHANNELS = (
    *("ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel"),
    *("ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"),
    *("ec2messages:AcknowledgeMessage", "ec2messages:DeleteMessage", "ec2messages:FailMessage"),
    *("ec2messages:GetEndpoint", "ec2messages:GetMessages", "ec2messages:SendReply"),
)
CLEANING = ("ec2:DeleteNetworkInterface", "s3:DeleteObject", "s3:DeleteObjectVersion")
"""By the functions that a cluster makes to clean up behind itself."""


class NodePolicies(Construct):
    """ARNs of the policies of one cluster's nodes, and of the boundary of every role it makes."""

    nodes: str
    head: str
    boundary: str

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        cluster: Cluster,
        file_systems: dict[str, str],
        secrets: tuple[str, ...],
    ) -> None:
        super().__init__(scope, construct_id)
        home = cluster.storage.home
        mounted = file_systems[home.name] if home else None
        self.nodes = self._policy("Nodes", "every node", node_statements(room, mounted))
        self.head = self._policy("Head", "head node", head_statements(room, secrets))
        self.boundary = self._policy(
            "Boundary",
            "at most, any role",
            boundary_statements(room, cluster.name, mounted, secrets),
        )

    def _policy(self, name: str, whose: str, statements: list[Statement]) -> str:
        return iam.CfnManagedPolicy(
            self,
            name,
            description=f"Cluster nodes: {whose}",
            policy_document=document(*statements),
        ).ref


def node_statements(room: Room, home: str | None) -> list[Statement]:
    """Return what every node may: mount the home directories, read encrypted artefacts."""
    via = {"StringEquals": {"kms:ViaService": f"s3.{cdk.Aws.REGION}.amazonaws.com"}}
    return [
        allow("ArtefactKey", ["kms:Decrypt"], room.key, when=via),
        *([_mount(home)] if home else []),
    ]


def head_statements(room: Room, secrets: tuple[str, ...]) -> list[Statement]:
    """Return what the head node may: start nodes whose volumes take our key, read passwords."""
    return [
        *use_key("VolumeKey", room.key, "ec2"),
        *([_read(secrets)] if secrets else []),
    ]


def boundary_statements(
    room: Room, cluster: str, home: str | None, secrets: tuple[str, ...]
) -> list[Statement]:
    """Return what no role of a cluster may exceed, whatever the vendor's template gives it."""
    here = f"{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}"
    tables = arn("dynamodb", "table/parallelcluster-*")
    artefacts = room.artefacts.bucket_name
    vendor = f"{cdk.Aws.REGION}-aws-parallelcluster"
    return [
        # These actions have no resources.
        allow("Look", LOOKING, "*"),
        allow("Channels", CHANNELS, "*"),
        allow("Sessions", SESSIONS, arn("ssm", "*"), arn("ec2", "instance/*")),
        allow("Documents", SESSIONS, f"arn:{cdk.Aws.PARTITION}:ssm:{cdk.Aws.REGION}::document/*"),
        allow(
            "Launch",
            [*LAUNCHING, "ec2:DeleteNetworkInterface"],
            f"arn:{cdk.Aws.PARTITION}:ec2:{here}:*/*",
            arn("autoscaling", "autoScalingGroup:*:autoScalingGroupName/*"),
            f"arn:{cdk.Aws.PARTITION}:ec2:{cdk.Aws.REGION}::image/*",
        ),
        pass_role("PassNodes", roles_of(cluster), "ec2"),
        allow(
            "State",
            [
                *("dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:GetItem"),
                *("dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"),
            ],
            tables,
            f"{tables}/index/*",
        ),
        allow(
            "Artefacts",
            [
                *("s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:PutObject"),
                *CLEANING[1:],
            ],
            *(
                place
                for name in (artefacts, vendor)
                for place in (bucket_arn(name), bucket_arn(name, "*"))
            ),
        ),
        allow(
            "Stack",
            [
                *("cloudformation:DescribeStackResource", "cloudformation:DescribeStacks"),
                "cloudformation:SignalResource",
            ],
            arn("cloudformation", "stack/*"),
        ),
        allow(
            "Logs",
            [
                *("logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogGroups"),
                *("logs:DescribeLogStreams", "logs:PutLogEvents", "logs:PutRetentionPolicy"),
            ],
            arn("logs", "log-group:*"),
        ),
        allow("Metrics", ["cloudwatch:PutMetricData"], "*"),
        *use_key("Keys", room.key, "ec2", "s3"),
        *([_mount(home)] if home else []),
        *([_read(secrets)] if secrets else []),
        deny(
            "NothingConfidential",
            ["s3:*"],
            *(
                place
                for bucket in (room.data.confidential, room.data.quarantine)
                for place in (bucket.bucket_arn, bucket.arn_for_objects("*"))
            ),
        ),
    ]


def _mount(home: str) -> Statement:
    return allow(
        "Home",
        [
            *("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"),
            "elasticfilesystem:ClientRootAccess",
        ],
        arn("elasticfilesystem", f"file-system/{home}"),
    )


def _read(secrets: tuple[str, ...]) -> Statement:
    return allow(
        "Passwords", ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"], *secrets
    )
