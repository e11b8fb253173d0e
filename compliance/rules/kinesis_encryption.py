"""Streams encrypt with a customer-managed key."""

from collections.abc import Iterator

from compliance.keys import missing_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(stream: Resource, context: Context) -> Iterator[Problem]:
    yield from missing_key(stream, context, "StreamEncryption", "KeyId")


RULE = Rule(
    id="IRYO-KINESIS-ENCRYPTION",
    title=Text(
        "Streams encrypt with a customer-managed key",
        "ストリームがカスタマー管理キーで暗号化される",
    ),
    remedy=Text(
        "Set encryption=StreamEncryption.KMS and encryption_key.",
        "encryption=StreamEncryption.KMS と encryption_key を設定する。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=("AWS::Kinesis::Stream",),
    check=_check,
)
