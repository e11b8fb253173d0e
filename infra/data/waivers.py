"""Excuses that every bucket of the lake needs, and those of the bucket of access logs."""

from datetime import date

from compliance.waivers import Waiver
from infra.config import EnvironmentConfig

PACKS = ("HIPAA.Security", "NIST.800.53.R5")
EXPIRES = date(2027, 9, 30)


def not_replicated(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse that a bucket is not copied to a second Region yet."""
    return _waivers(
        config,
        rule="S3BucketReplicationEnabled",
        reason="Replication belongs to the resilience room, which brings the second Region.",
        compensating_control="Versioning and Object Lock; S3 keeps objects in three zones.",
    )


def log_target(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse what AWS does not allow on a bucket that receives server access logs."""
    return _waivers(
        config,
        rule="S3DefaultEncryptionKMS",
        reason="S3 delivers no access logs to a bucket whose default encryption is SSE-KMS.",
        compensating_control="SSE-S3; the logs hold no patient data; nobody may alter them.",
    )


def _waivers(
    config: EnvironmentConfig, *, rule: str, reason: str, compensating_control: str
) -> list[Waiver]:
    return [
        Waiver(
            rule=f"{pack}-{rule}",
            reason=reason,
            owner=config.tags.owner,
            ticket="IRYO-LAKE-1",
            expires=EXPIRES,
            compensating_control=compensating_control,
        )
        for pack in PACKS
    ]
