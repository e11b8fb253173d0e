"""Tables encrypt with a customer-managed key, can be restored, and are hard to delete."""

from collections.abc import Iterator
from typing import Any

from compliance.keys import is_customer_key
from compliance.resources import Resource, known
from compliance.rule import Context, Problem, Rule

GLOBAL = "AWS::DynamoDB::GlobalTable"


def _places(table: Resource) -> list[dict[str, Any]]:
    """Return what holds the settings of each replica; a plain table is its only one."""
    if table.type != GLOBAL:
        return [table.properties]
    return [known(replica, "a replica") for replica in table.get("Replicas", default=[])]


def _check(table: Resource, context: Context) -> Iterator[Problem]:
    for place in _places(table):
        sse = known(place.get("SSESpecification", {}), "SSESpecification")
        key = sse.get("KMSMasterKeyId")
        if key is None or not is_customer_key(key, context):
            yield Problem("no customer-managed key encrypts it", finding="encryption")
        recovery = known(place.get("PointInTimeRecoverySpecification", {}), "recovery")
        if recovery.get("PointInTimeRecoveryEnabled") is not True:
            yield Problem("point-in-time recovery is off", finding="recovery")
        if context.settings.stage == "production" and (
            place.get("DeletionProtectionEnabled") is not True
        ):
            yield Problem("deletion protection is off in production", finding="deletion")


RULE = Rule(
    id="IRYO-DYNAMODB-PROTECTION",
    title="Tables are encrypted with our key, restorable, and in production hard to delete",
    remedy="Set encryption_key, point_in_time_recovery and deletion_protection.",
    types=("AWS::DynamoDB::Table", GLOBAL),
    check=_check,
)
