"""A bucket that holds one class of data."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from compliance.waivers import waive
from infra.config import DataClass, EnvironmentConfig, ObjectLock, StoreConfig
from infra.data import waivers
from infra.data.access_logs import AccessLogs
from infra.data.bucket_policy import deny_other_keys, deny_outsiders
from infra.data.lifecycle import archive_unread, lifecycle


class LakeBucket(Construct):
    """A versioned, private bucket, encrypted with the key of its class and with no other.

    `store` says how long objects are kept and locked. With `archive`, what nobody read for
    store.archive_after_days goes where a restore takes hours: for objects that are read once. With
    `announce`, S3 tells the account's default event bus of every change of an object. With
    `accelerate`, senders may use S3 Transfer Acceleration.
    """

    bucket: s3.Bucket

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        store: StoreConfig,
        data_class: DataClass,
        key: kms.IKey,
        access_logs: AccessLogs,
        archive: bool = False,
        announce: bool = False,
        accelerate: bool = False,
    ) -> None:
        super().__init__(scope, construct_id)
        removal = cdk.RemovalPolicy[config.data.removal.upper()]
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            versioned=True,
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            blocked_encryption_types=[s3.BlockedEncryptionType.SSE_C],
            enforce_ssl=True,
            minimum_tls_version=1.2,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            transfer_acceleration=accelerate or None,
            object_lock_default_retention=_retention(store),
            lifecycle_rules=[lifecycle(store)],
            intelligent_tiering_configurations=[archive_unread(store)] if archive else None,
            removal_policy=removal,
        )
        self.bucket.add_to_resource_policy(deny_outsiders(self.bucket, config))
        self.bucket.add_to_resource_policy(deny_other_keys(self.bucket, key))
        assert self.bucket.policy  # noqa: S101 (made by the statements above)
        # A bucket that outlives its stack keeps its policy.
        self.bucket.policy.apply_removal_policy(removal)
        if announce:
            self._announce()
        access_logs.receive_from(self.bucket, prefix=construct_id.lower())
        cdk.Tags.of(self).add("data-class", data_class)
        waive(self.bucket, *waivers.not_replicated(config))

    def _announce(self) -> None:
        # On the L1 resource: the L2 switch would add a Lambda function to do the same.
        resource = self.bucket.node.default_child
        assert isinstance(resource, s3.CfnBucket)  # noqa: S101 (what a Bucket consists of)
        resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(
                event_bridge_enabled=True
            )
        )


def _retention(store: StoreConfig) -> s3.ObjectLockRetention | None:
    duration = cdk.Duration.days(store.object_lock_days)
    match store.object_lock:
        case ObjectLock.NONE:
            return None
        case ObjectLock.GOVERNANCE:
            return s3.ObjectLockRetention.governance(duration)
        case ObjectLock.COMPLIANCE:
            return s3.ObjectLockRetention.compliance(duration)
