"""Databases encrypt with a customer-managed key."""

from collections.abc import Iterator

from compliance.reading import databases
from compliance.reading.checks import expect, look, own_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

INSIGHTS = {
    "AWS::RDS::DBInstance": ("EnablePerformanceInsights", "PerformanceInsightsKMSKeyId"),
    "AWS::RDS::DBCluster": ("PerformanceInsightsEnabled", "PerformanceInsightsKmsKeyId"),
}


def _check(database: Resource, context: Context) -> Iterator[Problem]:
    yield from expect(database, "StorageEncrypted", True)
    yield from own_key(database, "KmsKeyId", context)
    if insights := INSIGHTS.get(database.type):
        switch, key = insights
        if look(database, switch) is True:
            yield from own_key(database, key, context)


RULE = Rule(
    id="IRYO-RDS-ENCRYPTION",
    title=Text(
        "Databases encrypt with a customer-managed key",
        "データベースがカスタマー管理キーで暗号化される",
    ),
    remedy=Text(
        "Set storage_encrypted=True and storage_encryption_key.",
        "storage_encrypted=True と storage_encryption_key を設定する。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=databases.TYPES,
    check=_check,
    applies=databases.on_its_own,
)
