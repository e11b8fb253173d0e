"""Queues, topics, event buses and their archives encrypt with a customer-managed key."""

from collections.abc import Iterator

from compliance.keys import missing_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule

KEYS = {
    "AWS::SQS::Queue": "KmsMasterKeyId",
    "AWS::SNS::Topic": "KmsMasterKeyId",
    "AWS::Events::EventBus": "KmsKeyIdentifier",
    "AWS::Events::Archive": "KmsKeyIdentifier",
}


def _check(resource: Resource, context: Context) -> Iterator[Problem]:
    yield from missing_key(resource, context, KEYS[resource.type])


RULE = Rule(
    id="IRYO-MESSAGING-ENCRYPTION",
    title="Queues, topics, buses and archives encrypt with a customer-managed key",
    remedy="Set the encryption or KMS key of the queue, topic, bus or archive.",
    types=tuple(KEYS),
    check=_check,
)
