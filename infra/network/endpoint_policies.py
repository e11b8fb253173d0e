"""Endpoint policies: our principals, our resources, named actions; no way to another account."""

from collections.abc import Sequence
from typing import Any

from aws_cdk import Aws, Fn

from infra.config import EnvironmentConfig
from infra.config.hpc import Engine

Statement = dict[str, Any]
Policy = dict[str, Any]

S3_ARN = f"arn:{Aws.PARTITION}:s3:::"


def perimeter(config: EnvironmentConfig, actions: Sequence[str]) -> Policy:
    """Return a policy that admits `actions` by and on the organisation, or else this account.

    The resource is `*` because it is bound by its owner instead: aws:ResourceAccount and
    aws:ResourceOrgID are in the context of these actions also where they name no resource.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    organisation = config.account.organization_id
    owner = (
        {"aws:PrincipalOrgID": organisation, "aws:ResourceOrgID": organisation}
        if organisation
        else {"aws:PrincipalAccount": Aws.ACCOUNT_ID, "aws:ResourceAccount": Aws.ACCOUNT_ID}
    )
    return _policy(
        {
            "Sid": "OurPrincipalsAndResources",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": list(actions),
            "Resource": "*",
            "Condition": {"StringEquals": owner},
        }
    )


def s3_perimeter(config: EnvironmentConfig, actions: Sequence[str]) -> Policy:
    """Return the policy for S3: as `perimeter`, and reading from the buckets that AWS serves.

    Those requests carry no principal of ours: ECR hands out addresses signed by its own account
    and package managers do not sign. Nothing can be written there.
    """
    policy = perimeter(config, actions)
    buckets = aws_owned_buckets(config)
    if buckets:
        policy["Statement"].append(
            {
                "Sid": "ReadWhatAwsServes",
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": ["s3:GetObject"],
                "Resource": [f"{S3_ARN}{bucket}/*" for bucket in buckets],
            }
        )
    if has_head_nodes(config):
        policy["Statement"].append(
            {
                "Sid": "TellCloudFormation",
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": ["s3:PutObject"],
                "Resource": [f"{S3_ARN}cloudformation-waitcondition-{Aws.REGION}/*"],
            }
        )
    if config.rooms.eks:
        policy["Statement"].append(_answer_cloudformation())
    return policy


def _answer_cloudformation() -> Statement:
    """Let the function inside the VPC that applies objects to a private cluster say it is done.

    The address it writes to is signed by CloudFormation; the bucket's name has the Region without
    hyphens.
    """
    region = Fn.join("", Fn.split("-", Aws.REGION))
    return {
        "Sid": "AnswerCloudFormation",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["s3:PutObject"],
        "Resource": [f"{S3_ARN}cloudformation-custom-resource-response-{region}/*"],
    }


def service_token_exchange() -> Statement:
    """Let pods exchange the token of their service account for a role of this account (IRSA).

    The token is the credential, so the call has no principal yet.
    """
    return {
        "Sid": "RolesForServiceAccounts",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["sts:AssumeRoleWithWebIdentity"],
        "Resource": f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:role/*",
    }


def aws_owned_buckets(config: EnvironmentConfig) -> tuple[str, ...]:
    """Return the buckets of AWS that what is configured must read.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
    https://docs.aws.amazon.com/linux/al2023/ug/ec2-vpc-endpoints.html
    """
    images = (f"prod-{Aws.REGION}-starport-layer-bucket",)
    packages = (f"al2023-repos-{Aws.REGION}-de612dc2",)
    clusters = (f"{Aws.REGION}-aws-parallelcluster",)
    return (
        *(images if "ecr.dkr" in config.network.interface_endpoints else ()),
        *(packages if config.rooms.hpc else ()),
        *(clusters if has_head_nodes(config) else ()),
    )


def has_head_nodes(config: EnvironmentConfig) -> bool:
    """Whether a ParallelCluster is made, whose head node tells CloudFormation that it is ready.

    https://docs.aws.amazon.com/parallelcluster/latest/ug/aws-parallelcluster-in-a-single-public-subnet-no-internet-v3.html
    """
    engines = [cluster.engine for cluster in config.hpc.clusters]
    return config.rooms.hpc and Engine.PARALLELCLUSTER in engines


def _policy(*statements: Statement) -> Policy:
    return {"Version": "2012-10-17", "Statement": list(statements)}
