"""Excuses that every bucket of the lake needs, and those of the bucket of access logs."""

from datetime import date

from compliance.excuses import Excuses
from compliance.waivers import Waiver
from infra.config import EnvironmentConfig

EXCUSES = Excuses(ticket="IRYO-LAKE-1", expires=date(2027, 9, 30))


def not_replicated(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse that a bucket is not copied to a second Region yet."""
    return EXCUSES.packs(
        config,
        rule="S3BucketReplicationEnabled",
        reason="Replication belongs to the resilience room, which brings the second Region.",
        compensating_control="Versioning and Object Lock; S3 keeps objects in three zones.",
    )


def log_target(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse what AWS does not allow on a bucket that receives server access logs."""
    return EXCUSES.packs(
        config,
        rule="S3DefaultEncryptionKMS",
        reason="S3 delivers no access logs to a bucket whose default encryption is SSE-KMS.",
        compensating_control="SSE-S3; the logs hold no patient data; nobody may alter them.",
    )
