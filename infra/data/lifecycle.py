"""What becomes of objects as they age, from the [data.<store>] table of the environment file."""

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3

from infra.config import StoreConfig

ABORT_UPLOADS = cdk.Duration.days(7)
UNDO_DAYS = 30
"""How long an object that expires or is deleted can be brought back from its old version."""


def lifecycle(store: StoreConfig) -> s3.LifecycleRule:
    """Tier objects by access, archive and expire them as configured.

    Intelligent-Tiering leaves objects under 128 KiB where they are and charges nothing for them.
    Where nothing expires, old versions are kept too, in an archive that answers at once. Object
    Lock comes first: S3 keeps a locked version whatever this rule says.
    """
    expires = store.expire_after_days
    archives_versions = expires is None or store.archive_after_days < UNDO_DAYS
    return s3.LifecycleRule(
        id="age",
        abort_incomplete_multipart_upload_after=ABORT_UPLOADS,
        transitions=[
            s3.Transition(
                storage_class=s3.StorageClass.INTELLIGENT_TIERING,
                transition_after=cdk.Duration.days(0),
            )
        ],
        noncurrent_version_transitions=[
            s3.NoncurrentVersionTransition(
                storage_class=s3.StorageClass.GLACIER_INSTANT_RETRIEVAL,
                transition_after=cdk.Duration.days(store.archive_after_days),
            )
        ]
        if archives_versions
        else None,
        expiration=cdk.Duration.days(expires) if expires else None,
        noncurrent_version_expiration=cdk.Duration.days(UNDO_DAYS) if expires else None,
        # A deletion mark with nothing under it is only in the way; expiry cleans it up itself.
        expired_object_delete_marker=None if expires else True,
    )


def archive_unread(store: StoreConfig) -> s3.IntelligentTieringConfiguration:
    """Move what nobody read for `archive_after_days` (90 to 730) where a restore takes hours."""
    return s3.IntelligentTieringConfiguration(
        name="archive-unread",
        archive_access_tier_time=cdk.Duration.days(store.archive_after_days),
    )
