"""Brokers encrypt their disks with a customer-managed key."""

from collections.abc import Iterator

from compliance.reading.checks import own_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(cluster: Resource, context: Context) -> Iterator[Problem]:
    yield from own_key(cluster, "EncryptionInfo.EncryptionAtRest.DataVolumeKMSKeyId", context)


RULE = Rule(
    id="IRYO-MSK-ENCRYPTION",
    title=Text(
        "Kafka brokers encrypt with a customer-managed key",
        "Kafka ブローカーがカスタマー管理キーで暗号化される",
    ),
    remedy=Text(
        "Set EncryptionInfo.EncryptionAtRest.DataVolumeKMSKeyId.",
        "EncryptionInfo.EncryptionAtRest.DataVolumeKMSKeyId を設定する。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=("AWS::MSK::Cluster",),
    check=_check,
)
