"""What an API keeps of its replies is encrypted."""

from collections.abc import Iterator

from compliance.reading.checks import expect, look, objects
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _caches(stage: Resource, _: Context) -> bool:
    return look(stage, "CacheClusterEnabled") is True


def _check(stage: Resource, _: Context) -> Iterator[Problem]:
    for setting in objects(stage, "MethodSettings"):
        if look(setting, "CachingEnabled") is True:
            place = f"{look(setting, 'HttpMethod')} {look(setting, 'ResourcePath')}"
            yield from expect(setting, "CacheDataEncrypted", True, place=place)


RULE = Rule(
    id="IRYO-APIGATEWAY-CACHE",
    title=Text(
        "API caches are encrypted",
        "API のキャッシュが暗号化される",
    ),
    remedy=Text(
        "Set cache_data_encrypted=True, or cache nothing.",
        "cache_data_encrypted=True とするか、キャッシュしない。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=("AWS::ApiGateway::Stage",),
    check=_check,
    applies=_caches,
)
