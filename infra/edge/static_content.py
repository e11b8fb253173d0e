"""A bucket whose content CloudFront serves, and nobody else."""

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.config import DataClass, EnvironmentConfig
from infra.data.access_logs import AccessLogs
from infra.data.lake_bucket import LakeBucket
from infra.security.keys import ClassKey
from infra.security.stack import LOG_CLASS


class StaticContent(Construct):
    """A bucket of class general, read through origin access control.

    It stands in us-east-1 beside the distribution, so it must hold nothing but what everybody may
    see.
    """

    bucket: s3.IBucket

    def __init__(self, scope: Construct, construct_id: str, *, config: EnvironmentConfig) -> None:
        super().__init__(scope, construct_id)
        key = ClassKey(
            self,
            "Key",
            config=config,
            purpose="static",
            data_class=DataClass.GENERAL,
            services=("s3",),
            statements=[_decrypt()],
        ).key
        self.bucket = LakeBucket(
            self,
            "Content",
            config=config,
            store=config.data.general,
            data_class=DataClass.GENERAL,
            key=key,
            access_logs=AccessLogs(self, "AccessLogs", config=config, data_class=LOG_CLASS),
        ).bucket
        self.access_control = cloudfront.CfnOriginAccessControl(
            self,
            "AccessControl",
            origin_access_control_config=cloudfront.CfnOriginAccessControl.OriginAccessControlConfigProperty(
                name=f"iryo-{config.name}-static",
                origin_access_control_origin_type="s3",
                signing_behavior="always",
                signing_protocol="sigv4",
            ),
        ).attr_id

    def let_read(self, distribution_arn: str) -> None:
        """Let one distribution read the content."""
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="Distribution",
                principals=[iam.ServicePrincipal("cloudfront.amazonaws.com")],
                actions=["s3:GetObject"],
                resources=[self.bucket.arn_for_objects("static/*")],
                conditions={"StringEquals": {"aws:SourceArn": distribution_arn}},
            )
        )


def _decrypt() -> iam.PolicyStatement:
    """Let distributions of this account decrypt; the bucket's policy says which one may read.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
    """
    account = cdk.Aws.ACCOUNT_ID
    return iam.PolicyStatement(
        sid="Distributions",
        principals=[iam.ServicePrincipal("cloudfront.amazonaws.com")],
        actions=["kms:Decrypt"],
        resources=["*"],
        conditions={
            "StringEquals": {"aws:SourceAccount": account},
            "ArnLike": {
                "aws:SourceArn": f"arn:{cdk.Aws.PARTITION}:cloudfront::{account}:distribution/*"
            },
        },
    )
