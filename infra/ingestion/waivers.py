"""Excuses of this room, each hung on one resource by the module that makes it."""

from datetime import date

from compliance.excuses import Excuses
from compliance.waivers import Waiver
from infra.config import EnvironmentConfig

EXCUSES = Excuses(ticket="IRYO-INGESTION-1", expires=date(2027, 9, 30))


def no_cache(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse that the API caches nothing."""
    return EXCUSES.packs(
        config,
        rule="APIGWCacheEnabledAndEncrypted",
        reason="The only method is a POST; API Gateway caches GET. A cache would hold records.",
        compensating_control="No cache cluster; replies carry Cache-Control: no-store.",
    )


def no_client_certificate(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse that API Gateway shows no certificate to its back end."""
    return EXCUSES.packs(
        config,
        rule="APIGWSSLEnabled",
        reason="Client certificates are for HTTP back ends; a Lambda function is called by IAM.",
        compensating_control="The function's policy admits this method of this API only.",
    )


def no_rotation(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse that the pseudonym key does not change by itself."""
    return EXCUSES.packs(
        config,
        rule="SecretsManagerRotationEnabled",
        reason="A new key gives every patient a new pseudonym and breaks what is linked by it.",
        compensating_control="One function may read it; its KMS key rotates; a change of key is a "
        "decision of the person in charge of personal data, see docs/ingestion.md.",
    )


def no_backup(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse that the table of recent uploads is in no backup plan."""
    return EXCUSES.packs(
        config,
        rule="DynamoDBInBackupPlan",
        reason="Entries live for a day and can be lost: an upload is then processed once more, "
        "to the same objects.",
        compensating_control="Point-in-time recovery.",
    )
