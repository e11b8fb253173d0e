"""Confidential data is encrypted with the key of its class, which few may use."""

from collections.abc import Iterator

from compliance.reading import databases, reach
from compliance.reading.walk import mentioned
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

KEYS = ("AWS::KMS::Key", "AWS::KMS::ReplicaKey", "AWS::KMS::Alias")


def _is_store(store: Resource, context: Context) -> bool:
    return reach.is_confidential(store) and databases.on_its_own(store, context)


def _check(store: Resource, context: Context) -> Iterator[Problem]:
    keys = [_key(one, context) for one in mentioned(store, context.resources, *KEYS)]
    if not keys:
        yield Problem("it names no key of this platform, so not the confidential one")
    for key in keys:
        if reach.class_of(key) != reach.CONFIDENTIAL:
            name = key.logical_id
            yield Problem(f"{name} is a key for {reach.class_of(key) or 'no class'}", finding=name)


def _key(key: Resource, context: Context) -> Resource:
    if key.type != "AWS::KMS::Alias":
        return key
    return context.resources.at(key.get("TargetKeyId")) or key


RULE = Rule(
    id="IRYO-DATA-CLASS-KEY",
    title=Text(
        "Confidential data is encrypted with the confidential key",
        "機密データが機密用のキーで暗号化される",
    ),
    remedy=Text(
        "Set the key whose tag data-class is confidential.",
        "data-class タグが confidential のキーを設定する。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=reach.KEEPERS,
    check=_check,
    applies=_is_store,
)
