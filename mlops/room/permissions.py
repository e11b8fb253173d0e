"""Statements of the room's identity policies: named actions on named resources."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from infra.ingestion.permissions import allow
from mlops.room.names import arn, sagemaker
from mlops.room.room import Room

LOGS = "/aws/sagemaker"
# https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html (jobs in a VPC)
INTERFACES = (
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission",
)
LISTS = (
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
)
PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
JOBS = ("processing-job", "training-job", "transform-job", "hyper-parameter-tuning-job")


def join_vpc(room: Room) -> list[iam.PolicyStatement]:
    """Allow SageMaker to put a job's network interfaces into the room's subnets and group."""
    return [
        allow(
            "VpcInterface",
            ["ec2:CreateNetworkInterface"],
            arn("ec2", "network-interface/*"),
            *(arn("ec2", f"subnet/{subnet}") for subnet in room.subnets),
            *(arn("ec2", f"security-group/{group}") for group in room.security_groups),
        ),
        allow("VpcInterfaces", INTERFACES, arn("ec2", "network-interface/*")),
        allow("VpcLists", LISTS, "*"),
    ]


def pull_image(*repositories: str) -> list[iam.PolicyStatement]:
    """Allow pulling images; the token has no resource."""
    return [
        allow("Image", PULL, *repositories),
        allow("ImageToken", ["ecr:GetAuthorizationToken"], "*"),
    ]


def write_job_logs(room: Room) -> list[iam.PolicyStatement]:
    """Allow writing to SageMaker's log groups and to its metrics."""
    make = [] if room.config.mlops.job_logs else ["logs:CreateLogGroup"]
    metrics = allow("Metrics", ["cloudwatch:PutMetricData"], "*")
    metrics.add_condition("StringLike", {"cloudwatch:namespace": "/aws/sagemaker/*"})
    return [
        allow(
            "JobLogs",
            ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents", *make],
            arn("logs", f"log-group:{LOGS}/*"),
        ),
        metrics,
    ]


def use_key(sid: str, *keys: kms.IKey) -> list[iam.PolicyStatement]:
    """Allow reading and writing under keys, and grants that SageMaker keeps for its volumes."""
    arns = [key.key_arn for key in keys]
    grant = allow(f"{sid}Volumes", ["kms:CreateGrant"], *arns)
    grant.add_condition("Bool", {"kms:GrantIsForAWSResource": "true"})
    return [
        allow(sid, ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*"], *arns),
        grant,
    ]


def pass_role(role_arn: str, *, sid: str = "PassRole") -> iam.PolicyStatement:
    """Allow handing a role to SageMaker and to nobody else."""
    statement = allow(sid, ["iam:PassRole"], role_arn)
    statement.add_condition("StringEquals", {"iam:PassedToService": "sagemaker.amazonaws.com"})
    return statement


def not_confidential(room: Room) -> iam.PolicyStatement:
    """Deny what is confidential, whatever else is granted: nobody trains on raw records."""
    data = room.data
    return iam.PolicyStatement(
        sid="NothingConfidential",
        effect=iam.Effect.DENY,
        actions=["s3:Delete*", "s3:Get*", "s3:List*", "s3:Put*", "s3:Restore*"],
        resources=[
            resource
            for bucket in (data.confidential, data.quarantine)
            for resource in (bucket.bucket_arn, bucket.arn_for_objects("*"))
        ],
    )


def read_training_data(room: Room) -> list[iam.PolicyStatement]:
    """Allow reading de-identified records and general data."""
    data = room.data
    records = room.config.mlops.training.records
    return [
        allow(
            "TrainingData",
            ["s3:GetObject"],
            data.important.arn_for_objects(f"{records}*"),
            data.general.arn_for_objects("*"),
        ),
        allow(
            "TrainingLists",
            ["s3:GetBucketLocation", "s3:ListBucket"],
            data.important.bucket_arn,
            data.general.bucket_arn,
        ),
    ]


def read_write(room: Room, sid: str, *prefixes: str) -> iam.PolicyStatement:
    """Allow reading and writing under prefixes of the important bucket."""
    return allow(
        sid,
        ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
        *(room.data.important.arn_for_objects(f"{prefix}/*") for prefix in prefixes),
    )


def read(room: Room, sid: str, *prefixes: str) -> iam.PolicyStatement:
    """Allow reading under prefixes of the important bucket."""
    return allow(
        sid,
        ["s3:GetObject"],
        *(room.data.important.arn_for_objects(f"{prefix}/*") for prefix in prefixes),
    )


def run_jobs(name: str = "*") -> iam.PolicyStatement:
    """Allow making, watching and stopping jobs whose names have the given form."""
    return allow(
        "Jobs",
        [
            *("sagemaker:AddTags", "sagemaker:ListTags"),
            *("sagemaker:CreateProcessingJob", "sagemaker:DescribeProcessingJob"),
            *("sagemaker:CreateTrainingJob", "sagemaker:DescribeTrainingJob"),
            *("sagemaker:CreateTransformJob", "sagemaker:DescribeTransformJob"),
            "sagemaker:CreateHyperParameterTuningJob",
            "sagemaker:DescribeHyperParameterTuningJob",
            *("sagemaker:StopProcessingJob", "sagemaker:StopTrainingJob"),
            *("sagemaker:StopTransformJob", "sagemaker:StopHyperParameterTuningJob"),
        ],
        *(sagemaker(f"{kind}/{name}") for kind in JOBS),
    )


def only_protected_jobs(room: Room) -> list[iam.PolicyStatement]:
    """Deny jobs outside the VPC, with open traffic between containers or under other keys."""
    key = room.security.important_key.key_arn
    make = ["sagemaker:CreateProcessingJob", "sagemaker:CreateTrainingJob"]
    train = "sagemaker:CreateTrainingJob"

    def deny(sid: str, actions: Sequence[str], operator: str, values: object) -> None:
        found.append(
            iam.PolicyStatement(
                sid=sid,
                effect=iam.Effect.DENY,
                actions=list(actions),
                resources=["*"],
                conditions={operator: values},
            )
        )

    found: list[iam.PolicyStatement] = []
    deny("InTheVpc", make, "Null", {"sagemaker:VpcSubnets": "true"})
    deny("InTheGroup", make, "Null", {"sagemaker:VpcSecurityGroupIds": "true"})
    deny(
        "TrafficEncrypted",
        make,
        "BoolIfExists",
        {"sagemaker:InterContainerTrafficEncryption": "false"},
    )
    deny("Isolated", [train], "BoolIfExists", {"sagemaker:NetworkIsolation": "false"})
    deny("OwnKeyOnOutputs", make, "StringNotEquals", {"sagemaker:OutputKmsKey": key})
    deny("OwnKeyOnVolumes", make, "StringNotEqualsIfExists", {"sagemaker:VolumeKmsKey": key})
    return found


def repository_arn(room: Room) -> str:
    """Return the ARN of the step image's repository."""
    return arn("ecr", f"repository/{room.names.prefix}/steps")


def account_root() -> str:
    """Return the ARN that stands for the account."""
    return f"arn:{cdk.Aws.PARTITION}:iam::{cdk.Aws.ACCOUNT_ID}:root"
