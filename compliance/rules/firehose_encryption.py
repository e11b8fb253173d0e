"""Delivery streams encrypt what they hold with a customer-managed key, unless their source does."""

from collections.abc import Iterator

from compliance.reading.checks import expect, look, own_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _holds(stream: Resource, _: Context) -> bool:
    # What is read from a Kinesis stream stays encrypted by that stream's key.
    return bool(look(stream, "DeliveryStreamType", "DirectPut") != "KinesisStreamAsSource")


def _check(stream: Resource, context: Context) -> Iterator[Problem]:
    at = "DeliveryStreamEncryptionConfigurationInput"
    yield from expect(stream, f"{at}.KeyType", "CUSTOMER_MANAGED_CMK")
    yield from own_key(stream, f"{at}.KeyARN", context)


RULE = Rule(
    id="IRYO-FIREHOSE-ENCRYPTION",
    title=Text(
        "Delivery streams encrypt with a customer-managed key",
        "配信ストリームがカスタマー管理キーで暗号化される",
    ),
    remedy=Text(
        "Set encryption=StreamEncryption.customer_managed_key(...).",
        "encryption=StreamEncryption.customer_managed_key(...) を設定する。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=("AWS::KinesisFirehose::DeliveryStream",),
    check=_check,
    applies=_holds,
)
