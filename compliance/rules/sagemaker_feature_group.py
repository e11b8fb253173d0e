"""Feature stores encrypt both of their sides with a customer-managed key."""

from collections.abc import Iterator

from compliance.reading.checks import look, own_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(group: Resource, context: Context) -> Iterator[Problem]:
    if look(group, "OnlineStoreConfig") is not None:
        yield from own_key(group, "OnlineStoreConfig.SecurityConfig.KmsKeyId", context)
    if look(group, "OfflineStoreConfig") is not None:
        yield from own_key(group, "OfflineStoreConfig.S3StorageConfig.KmsKeyId", context)


RULE = Rule(
    id="IRYO-SAGEMAKER-FEATURE-GROUP",
    title=Text(
        "Feature groups encrypt with a customer-managed key",
        "特徴量グループがカスタマー管理キーで暗号化される",
    ),
    remedy=Text(
        "Set KmsKeyId of the online and the offline store.",
        "オンラインとオフラインのストアの KmsKeyId を設定する。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=("AWS::SageMaker::FeatureGroup",),
    check=_check,
)
