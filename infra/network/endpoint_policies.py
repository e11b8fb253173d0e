"""Endpoint policies: our principals, our resources, named actions; no way to another account."""

from collections.abc import Sequence
from typing import Any

from aws_cdk import Aws

from infra.config import EnvironmentConfig

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
    return policy


def aws_owned_buckets(config: EnvironmentConfig) -> tuple[str, ...]:
    """Return the buckets of AWS that what is configured must read.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
    https://docs.aws.amazon.com/linux/al2023/ug/ec2-vpc-endpoints.html
    """
    images = (f"prod-{Aws.REGION}-starport-layer-bucket",)
    packages = (f"al2023-repos-{Aws.REGION}-de612dc2",)
    return (
        *(images if "ecr.dkr" in config.network.interface_endpoints else ()),
        *(packages if config.rooms.hpc else ()),
    )


def _policy(*statements: Statement) -> Policy:
    return {"Version": "2012-10-17", "Statement": list(statements)}
