"""Model packages and cards are encrypted with a customer-managed key."""

from collections.abc import Iterator

from compliance.reading.checks import own_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(package: Resource, context: Context) -> Iterator[Problem]:
    yield from own_key(package, "SecurityConfig.KmsKeyId", context)


RULE = Rule(
    id="IRYO-SAGEMAKER-REGISTRY",
    title=Text(
        "Model packages and cards encrypt with a customer-managed key",
        "モデルパッケージとモデルカードがカスタマー管理キーで暗号化される",
    ),
    remedy=Text(
        "Set SecurityConfig.KmsKeyId.",
        "SecurityConfig.KmsKeyId を設定する。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=(
        "AWS::SageMaker::ModelPackage",
        "AWS::SageMaker::ModelCard",
    ),
    check=_check,
)
