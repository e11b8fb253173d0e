"""Excuses of this room, each hung on one resource by the module that makes it."""

from datetime import date

from compliance.excuses import Excuses
from compliance.waivers import Waiver
from infra.config import EnvironmentConfig

EXCUSES = Excuses(ticket="IRYO-ECS-1", expires=date(2027, 9, 30))


def no_rotation(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse that a token of a service does not change by itself."""
    return EXCUSES.packs(
        config,
        rule="SecretsManagerRotationEnabled",
        reason="Callers hold the token as well; one that changed by itself would lock them out.",
        compensating_control="One agent role may read it; 64 random characters; its KMS key "
        "rotates; docs/services.md says how to change it.",
    )
