"""Who did what: a CloudTrail trail of the account, with every access to the lake."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudtrail as cloudtrail
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.config import DataClass, EnvironmentConfig, Stage, StoreConfig
from infra.data.access_logs import AccessLogs
from infra.data.lake_bucket import LakeBucket
from infra.data.trail_log_group import TrailLogGroup
from infra.security.names import trail_arn, trail_name

FieldSelector = cloudtrail.CfnTrail.AdvancedFieldSelectorProperty
EventSelector = cloudtrail.CfnTrail.AdvancedEventSelectorProperty


class Trail(Construct):
    """A multi-Region trail into a bucket of its own, encrypted, validated and searchable.

    The bucket is not the one of the access logs: that one can have neither the log key nor Object
    Lock. The trail is locked as the raw records are whose access it proves, and kept for
    logs.audit_retention_days.
    """

    bucket: s3.Bucket

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        key: kms.IKey,
        data_class: DataClass,
        stores: Sequence[s3.IBucket],
        access_logs: AccessLogs,
    ) -> None:
        super().__init__(scope, construct_id)
        raw = config.data.confidential
        self.bucket = LakeBucket(
            self,
            "Audit",
            config=config,
            store=StoreConfig(
                expire_after_days=config.logs.audit_retention_days,
                object_lock=raw.object_lock,
                object_lock_days=raw.object_lock_days,
            ),
            data_class=data_class,
            key=key,
            access_logs=access_logs,
        ).bucket
        for statement in _delivery(self.bucket, trail_arn(config)):
            self.bucket.add_to_resource_policy(statement)
        log_group = TrailLogGroup(self, "Search", config=config, key=key)
        trail = cloudtrail.CfnTrail(
            self,
            "Trail",
            trail_name=trail_name(config),
            is_logging=True,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_log_file_validation=True,
            kms_key_id=key.key_arn,
            s3_bucket_name=self.bucket.bucket_name,
            cloud_watch_logs_log_group_arn=log_group.arn,
            cloud_watch_logs_role_arn=log_group.role.role_arn,
            advanced_event_selectors=[
                _management(),
                _access_to(stores),
                _tampering_with([self.bucket, access_logs.bucket]),
            ],
            insight_selectors=_insights(config),
        )
        assert self.bucket.policy  # noqa: S101 (made by the statements above)
        trail.node.add_dependency(self.bucket.policy, log_group.permission)
        cdk.Tags.of(self).add("data-class", data_class)


def _delivery(bucket: s3.Bucket, arn: str) -> list[iam.PolicyStatement]:
    """Let CloudTrail deliver the files of one trail.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
    """
    service = iam.ServicePrincipal("cloudtrail.amazonaws.com")
    source = {"aws:SourceArn": arn}
    return [
        iam.PolicyStatement(
            sid="TrailAsksWhoseBucket",
            principals=[service],
            actions=["s3:GetBucketAcl"],
            resources=[bucket.bucket_arn],
            conditions={"StringEquals": source},
        ),
        iam.PolicyStatement(
            sid="TrailWritesFiles",
            principals=[service],
            actions=["s3:PutObject"],
            resources=[bucket.arn_for_objects(f"AWSLogs/{cdk.Aws.ACCOUNT_ID}/*")],
            conditions={"StringEquals": {**source, "s3:x-amz-acl": "bucket-owner-full-control"}},
        ),
    ]


def _management() -> EventSelector:
    return EventSelector(
        name="Management",
        field_selectors=[FieldSelector(field="eventCategory", equal_to=["Management"])],
    )


def _access_to(stores: Sequence[s3.IBucket]) -> EventSelector:
    return EventSelector(name="Lake", field_selectors=_objects(stores))


def _tampering_with(logs: Sequence[s3.IBucket]) -> EventSelector:
    # Without PutObject: the trail would record its own deliveries without end.
    return EventSelector(
        name="Logs",
        field_selectors=[
            *_objects(logs),
            FieldSelector(field="eventName", not_equals=["PutObject"]),
        ],
    )


def _objects(buckets: Sequence[s3.IBucket]) -> list[FieldSelector]:
    return [
        FieldSelector(field="eventCategory", equal_to=["Data"]),
        FieldSelector(field="resources.type", equal_to=["AWS::S3::Object"]),
        FieldSelector(
            field="resources.ARN", starts_with=[bucket.arn_for_objects("") for bucket in buckets]
        ),
    ]


def _insights(
    config: EnvironmentConfig,
) -> list[cloudtrail.CfnTrail.InsightSelectorProperty] | None:
    """Look for unusual rates of calls and errors; charged by the event, so not in development."""
    if config.stage is Stage.DEV:
        return None
    return [
        cloudtrail.CfnTrail.InsightSelectorProperty(insight_type=kind)
        for kind in ("ApiCallRateInsight", "ApiErrorRateInsight")
    ]
