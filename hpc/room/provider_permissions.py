"""What the vendor's provider may do to make a cluster: its own list, narrowed to this environment.

The vendor publishes what it needs as a template of policies with `ec2:*`-like breadth and the right
to administer IAM: https://docs.aws.amazon.com/parallelcluster/latest/ug/iam-roles-in-parallelcluster-v3.html
Here every role that it makes must carry the boundary, and only its own names and tags are reached.
"""

import aws_cdk as cdk

from hpc.room.room import Room
from hpc.room.statements import (
    PATH,
    Statement,
    allow,
    arn,
    aws_policy,
    bucket_arn,
    iam_arn,
    pass_role,
    roles_of,
    use_key,
)

NODE_POLICIES = ("AmazonSSMManagedInstanceCore", "CloudWatchAgentServerPolicy")
FUNCTION_POLICY = "service-role/AWSLambdaBasicExecutionRole"
TAGGED = "aws:ResourceTag/parallelcluster:cluster-name"
TAGS = "parallelcluster:cluster-name"
EC2_LOOKS = (
    *("ec2:DescribeAddresses", "ec2:DescribeAvailabilityZones", "ec2:DescribeImages"),
    *("ec2:DescribeCapacityReservations", "ec2:DescribeInstances", "ec2:DescribeInstanceStatus"),
    *("ec2:DescribeInstanceTypeOfferings", "ec2:DescribeInstanceTypes", "ec2:DescribeKeyPairs"),
    *("ec2:DescribeLaunchTemplateVersions", "ec2:DescribeLaunchTemplates"),
    *("ec2:DescribeNetworkInterfaces", "ec2:DescribePlacementGroups", "ec2:DescribeRouteTables"),
    *("ec2:DescribeSecurityGroups", "ec2:DescribeSnapshots", "ec2:DescribeSubnets"),
    *("ec2:DescribeTags", "ec2:DescribeVolumes", "ec2:DescribeVpcs"),
)
EC2_MAKES = (
    *("ec2:CreateFleet", "ec2:CreateLaunchTemplate", "ec2:CreateLaunchTemplateVersion"),
    *("ec2:CreateNetworkInterface", "ec2:CreatePlacementGroup", "ec2:CreateTags"),
    *("ec2:CreateVolume", "ec2:RunInstances"),
)
EC2_CHANGES = (
    *("ec2:AttachNetworkInterface", "ec2:AttachVolume", "ec2:DeleteLaunchTemplate"),
    *("ec2:DeleteNetworkInterface", "ec2:DeletePlacementGroup", "ec2:DeleteTags"),
    *("ec2:DeleteVolume", "ec2:DetachVolume", "ec2:ModifyLaunchTemplate"),
    *("ec2:ModifyNetworkInterfaceAttribute", "ec2:ModifyVolume", "ec2:ModifyVolumeAttribute"),
    *("ec2:CreateSnapshot", "ec2:StopInstances", "ec2:TerminateInstances"),
)


def network(room: Room) -> list[Statement]:
    """Return what the provider may do in EC2, to load balancers and scaling groups."""
    here = f"{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}"
    ec2 = f"arn:{cdk.Aws.PARTITION}:ec2:{here}"
    made = ("instance", "launch-template", "network-interface", "volume", "fleet", "snapshot")
    given = [f"{ec2}:subnet/{subnet}" for subnet in room.subnets]
    given += [f"{ec2}:security-group/{room.group}", f"{ec2}:capacity-reservation/*"]
    given.append(f"arn:{cdk.Aws.PARTITION}:ec2:{cdk.Aws.REGION}::image/*")
    balancers = [
        arn("elasticloadbalancing", f"{kind}/*")
        for kind in ("loadbalancer", "targetgroup", "listener")
    ]
    groups = arn("autoscaling", "autoScalingGroup:*:autoScalingGroupName/*")
    return [
        # These actions have no resources.
        allow(
            "Look",
            [
                *EC2_LOOKS,
                *("autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeLifecycleHooks"),
                *("autoscaling:DescribeScalingActivities", "cloudwatch:ListDashboards"),
                "elasticloadbalancing:DescribeListeners",
                "elasticloadbalancing:DescribeLoadBalancerAttributes",
                "elasticloadbalancing:DescribeLoadBalancers",
                "elasticloadbalancing:DescribeTags",
                "elasticloadbalancing:DescribeTargetGroupAttributes",
                "elasticloadbalancing:DescribeTargetGroups",
                "elasticloadbalancing:DescribeTargetHealth",
            ],
            "*",
        ),
        allow(
            "LookAtOne",
            [
                *("ec2:DescribeImageAttribute", "ec2:DescribeInstanceAttribute"),
                *("ec2:DescribeSnapshotAttribute", "ec2:DescribeVolumeAttribute"),
                "ec2:DescribeVpcAttribute",
            ],
            f"{ec2}:*/*",
            f"arn:{cdk.Aws.PARTITION}:ec2:{cdk.Aws.REGION}::image/*",
        ),
        allow(
            "LookAtFiles",
            [
                *(
                    "elasticfilesystem:DescribeFileSystems",
                    "elasticfilesystem:DescribeMountTargets",
                ),
                "elasticfilesystem:DescribeMountTargetSecurityGroups",
                *("fsx:DescribeDataRepositoryAssociations", "fsx:DescribeFileSystems"),
            ],
            arn("elasticfilesystem", "file-system/*"),
            arn("fsx", "file-system/*"),
            arn("fsx", "association/*"),
        ),
        allow(
            "LookAtReservations",
            ["resource-groups:GetGroupConfiguration", "resource-groups:ListGroupResources"],
            arn("resource-groups", "group/*"),
        ),
        allow(
            "LookAtLogs",
            ["logs:DescribeLogGroups", "logs:DescribeMetricFilters"],
            arn("logs", "log-group:*"),
        ),
        allow(
            "MakeNodes",
            EC2_MAKES,
            *(f"{ec2}:{kind}/*" for kind in (*made, "placement-group")),
            *given,
        ),
        allow(
            "ChangeNodes",
            EC2_CHANGES,
            *(f"{ec2}:{kind}/*" for kind in (*made, "placement-group")),
            when={"StringLike": {TAGGED: "?*"}},
        ),
        allow(
            "LoginNodes",
            [
                *("elasticloadbalancing:AddTags", "elasticloadbalancing:CreateListener"),
                *(
                    "elasticloadbalancing:CreateLoadBalancer",
                    "elasticloadbalancing:CreateTargetGroup",
                ),
                *("elasticloadbalancing:DeleteListener", "elasticloadbalancing:DeleteLoadBalancer"),
                *("elasticloadbalancing:DeleteTargetGroup", "elasticloadbalancing:RemoveTags"),
                *("elasticloadbalancing:ModifyLoadBalancerAttributes",),
                "elasticloadbalancing:ModifyTargetGroup",
            ],
            *balancers,
        ),
        allow(
            "LoginGroups",
            [
                *("autoscaling:CreateAutoScalingGroup", "autoscaling:CreateOrUpdateTags"),
                *("autoscaling:DeleteAutoScalingGroup", "autoscaling:DeleteLifecycleHook"),
                *("autoscaling:DeleteTags", "autoscaling:PutLifecycleHook"),
                "autoscaling:UpdateAutoScalingGroup",
            ],
            groups,
        ),
    ]


def identities(
    room: Room,
    *,
    clusters: tuple[str, ...],
    boundaries: tuple[str, ...],
    policies: tuple[str, ...],
) -> list[Statement]:
    """Return what the provider may do in IAM: roles inside the boundary, known policies only."""
    roles = [roles_of(name) for name in clusters]
    profiles = iam_arn(f"instance-profile/{PATH}/*")
    bounded = {"StringEquals": {"iam:PermissionsBoundary": list(boundaries)}}
    known = [aws_policy(name) for name in (*NODE_POLICIES, FUNCTION_POLICY)] + list(policies)
    attached = {"ArnEquals": {"iam:PolicyARN": known}} | bounded
    return [
        allow(
            "BoundedRoles",
            ["iam:CreateRole", "iam:PutRolePolicy", "iam:DeleteRolePolicy"],
            *roles,
            when=bounded,
        ),
        allow(
            "KnownPolicies", ["iam:AttachRolePolicy", "iam:DetachRolePolicy"], *roles, when=attached
        ),
        allow("RolesGo", ["iam:DeleteRole", "iam:TagRole", "iam:UntagRole"], *roles),
        allow(
            "Profiles",
            [
                *("iam:AddRoleToInstanceProfile", "iam:CreateInstanceProfile"),
                *("iam:DeleteInstanceProfile", "iam:RemoveRoleFromInstanceProfile"),
            ],
            profiles,
        ),
        allow(
            "LookAtIdentities",
            ["iam:GetInstanceProfile", "iam:GetPolicy", "iam:GetRole", "iam:GetRolePolicy"],
            *roles,
            profiles,
            *known,
            *boundaries,
        ),
        *(pass_role(f"HandOver{i}", role, "ec2", "lambda") for i, role in enumerate(roles)),
        *use_key("Keys", room.key, "ec2", "s3"),
    ]


def stacks(room: Room, *, clusters: tuple[str, ...], secrets: tuple[str, ...]) -> list[Statement]:
    """Return what the provider may do to stacks, functions, tables, logs and buckets."""
    own = cdk.Fn.select(1, cdk.Fn.split("/", cdk.Aws.STACK_ID))
    events = f"iryo-{room.config.name}-*pclustercustomresource*"
    buckets = (room.artefacts.bucket_name, events)
    functions = [arn("lambda", f"function:{name}-*") for name in ("parallelcluster", "pcluster")]
    rules = [arn("events", f"rule/{name}-*") for name in clusters]
    dashboards = f"arn:{cdk.Aws.PARTITION}:cloudwatch::{cdk.Aws.ACCOUNT_ID}:dashboard"
    alarms = [arn("cloudwatch", f"alarm:{name}*") for name in clusters]
    return [
        allow(
            "Stacks",
            [
                *("cloudformation:CreateStack", "cloudformation:DeleteStack"),
                *("cloudformation:DescribeStackEvents", "cloudformation:DescribeStackResources"),
                *("cloudformation:DescribeStacks", "cloudformation:GetTemplate"),
                "cloudformation:UpdateStack",
            ],
            *(arn("cloudformation", f"stack/{name}/*") for name in clusters),
            # Login nodes and queues are nested stacks of a cluster's.
            *(arn("cloudformation", f"stack/{name}-*/*") for name in clusters),
        ),
        allow(
            "OwnTags", ["cloudformation:DescribeStacks"], arn("cloudformation", f"stack/{own}/*")
        ),
        allow(
            "Functions",
            [
                *("lambda:AddPermission", "lambda:CreateFunction", "lambda:DeleteFunction"),
                *("lambda:GetFunction", "lambda:GetFunctionConfiguration", "lambda:InvokeFunction"),
                *("lambda:ListTags", "lambda:RemovePermission", "lambda:TagResource"),
                *("lambda:UntagResource", "lambda:UpdateFunctionConfiguration"),
            ],
            *functions,
        ),
        allow(
            "Tables",
            [
                *("dynamodb:CreateTable", "dynamodb:DeleteTable", "dynamodb:DescribeTable"),
                *("dynamodb:GetItem", "dynamodb:ListTagsOfResource", "dynamodb:PutItem"),
                *("dynamodb:Query", "dynamodb:TagResource", "dynamodb:UntagResource"),
                "dynamodb:UpdateItem",
            ],
            arn("dynamodb", "table/parallelcluster-*"),
        ),
        # It polls itself through a rule.
        allow(
            "Polling",
            ["events:DeleteRule", "events:PutRule", "events:PutTargets", "events:RemoveTargets"],
            *rules,
            arn("events", "rule/*pcluster*"),
        ),
        allow(
            "Watching",
            [
                *("cloudwatch:DeleteAlarms", "cloudwatch:DescribeAlarms"),
                *("cloudwatch:PutCompositeAlarm", "cloudwatch:PutMetricAlarm"),
                *(
                    "cloudwatch:DeleteDashboards",
                    "cloudwatch:GetDashboard",
                    "cloudwatch:PutDashboard",
                ),
            ],
            *alarms,
            *(f"{dashboards}/{name}*" for name in clusters),
        ),
        allow(
            "LogGroups",
            [
                *("logs:CreateLogGroup", "logs:CreateLogStream", "logs:DeleteLogGroup"),
                *("logs:DeleteMetricFilter", "logs:ListTagsForResource", "logs:PutLogEvents"),
                *("logs:PutMetricFilter", "logs:PutRetentionPolicy", "logs:TagResource"),
                "logs:UntagResource",
            ],
            arn("logs", "log-group:/aws/parallelcluster/*"),
            arn("logs", "log-group:/aws/lambda/p*cluster-*"),
        ),
        allow(
            "Buckets",
            [
                *("s3:DeleteObject", "s3:DeleteObjectVersion", "s3:GetBucketLocation"),
                *("s3:GetBucketVersioning", "s3:GetObject", "s3:GetObjectVersion"),
                *("s3:ListBucket", "s3:ListBucketVersions", "s3:PutObject"),
            ],
            *(place for name in buckets for place in (bucket_arn(name), bucket_arn(name, "*"))),
        ),
        allow(
            "VendorBucket",
            ["s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket"],
            bucket_arn(f"{cdk.Aws.REGION}-aws-parallelcluster"),
            bucket_arn(f"{cdk.Aws.REGION}-aws-parallelcluster", "*"),
        ),
        allow("Traces", ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], "*"),
        *([allow("SecretsExist", ["secretsmanager:DescribeSecret"], *secrets)] if secrets else []),
    ]
