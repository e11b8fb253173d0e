"""Queues, topics, event buses and their archives encrypt with a customer-managed key."""

from collections.abc import Iterator

from compliance.keys import missing_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

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
    title=Text(
        "Queues, topics, buses and archives encrypt with a customer-managed key",
        "キュー・トピック・バス・アーカイブがカスタマー管理キーで暗号化される",
    ),
    remedy=Text(
        "Set the encryption or KMS key of the queue, topic, bus or archive.",
        "キュー・トピック・バス・アーカイブの暗号化か KMS キーを設定する。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=tuple(KEYS),
    check=_check,
)
