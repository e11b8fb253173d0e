"""The bucket that receives the server access logs of all others."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from compliance.waivers import waive
from infra.config import DataClass, EnvironmentConfig
from infra.data import waivers
from infra.data.bucket_policy import deny_outsiders, deny_tampering
from infra.data.lifecycle import ABORT_UPLOADS, UNDO_DAYS

LOAD_BALANCERS = "load-balancers"
"""The prefix under which load balancers deliver."""


class AccessLogs(Construct):
    """A bucket for server access logs, kept for logs.audit_retention_days.

    S3 delivers them only to a bucket without Object Lock and without SSE-KMS by default, so it has
    SSE-S3, and where data is retained its policy lets nobody alter a log.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_s3Buckets_LoggingEnabled.html
    """

    bucket: s3.Bucket

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        data_class: DataClass,
    ) -> None:
        super().__init__(scope, construct_id)
        removal = cdk.RemovalPolicy[config.data.removal.upper()]
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            versioned=True,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="age",
                    abort_incomplete_multipart_upload_after=ABORT_UPLOADS,
                    expiration=cdk.Duration.days(config.logs.audit_retention_days),
                    noncurrent_version_expiration=cdk.Duration.days(UNDO_DAYS),
                )
            ],
            removal_policy=removal,
        )
        self.bucket.add_to_resource_policy(deny_outsiders(self.bucket, config))
        if config.data.removal == "retain":
            self.bucket.add_to_resource_policy(deny_tampering(self.bucket))
        assert self.bucket.policy  # noqa: S101 (made by the statements above)
        self.bucket.policy.apply_removal_policy(removal)
        cdk.Tags.of(self).add("data-class", data_class)
        waive(self.bucket, *waivers.not_replicated(config), *waivers.log_target(config))

    def receive_load_balancers(self) -> None:
        """Let the load balancers of this account and Region deliver their access logs.

        https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
        """
        balancers = (
            f"arn:{cdk.Aws.PARTITION}:elasticloadbalancing:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}"
            ":loadbalancer/*"
        )
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="LoadBalancerLogs",
                principals=[iam.ServicePrincipal("logdelivery.elasticloadbalancing.amazonaws.com")],
                actions=["s3:PutObject"],
                resources=[
                    self.bucket.arn_for_objects(f"{LOAD_BALANCERS}/AWSLogs/{cdk.Aws.ACCOUNT_ID}/*")
                ],
                conditions={
                    "ArnLike": {"aws:SourceArn": balancers},
                    "StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID},
                },
            )
        )

    def receive_from(self, source: s3.Bucket, *, prefix: str) -> None:
        """Let S3 deliver the access logs of `source`, and of nothing else, under `prefix`/."""
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("logging.s3.amazonaws.com")],
                actions=["s3:PutObject"],
                resources=[self.bucket.arn_for_objects(f"{prefix}/*")],
                conditions={
                    "ArnEquals": {"aws:SourceArn": source.bucket_arn},
                    "StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID},
                },
            )
        )
        resource = source.node.default_child
        assert isinstance(resource, s3.CfnBucket)  # noqa: S101 (what a Bucket consists of)
        resource.logging_configuration = s3.CfnBucket.LoggingConfigurationProperty(
            destination_bucket_name=self.bucket.bucket_name,
            log_file_prefix=f"{prefix}/",
            target_object_key_format=s3.CfnBucket.TargetObjectKeyFormatProperty(
                partitioned_prefix=s3.CfnBucket.PartitionedPrefixProperty(
                    partition_date_source="EventTime"
                )
            ),
        )
