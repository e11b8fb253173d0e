"""Streams encrypt with a customer-managed key."""

from collections.abc import Iterator

from compliance.keys import missing_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule


def _check(stream: Resource, context: Context) -> Iterator[Problem]:
    yield from missing_key(stream, context, "StreamEncryption", "KeyId")


RULE = Rule(
    id="IRYO-KINESIS-ENCRYPTION",
    title="Streams encrypt with a customer-managed key",
    remedy="Set encryption=StreamEncryption.KMS and encryption_key.",
    types=("AWS::Kinesis::Stream",),
    check=_check,
)
