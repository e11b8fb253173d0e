"""Shadow tests encrypt disks and captured requests with a customer-managed key."""

from collections.abc import Iterator

from compliance.reading.checks import look, own_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(experiment: Resource, context: Context) -> Iterator[Problem]:
    yield from own_key(experiment, "KmsKey", context)
    if look(experiment, "DataStorageConfig") is not None:
        yield from own_key(experiment, "DataStorageConfig.KmsKey", context)


RULE = Rule(
    id="IRYO-SAGEMAKER-EXPERIMENT",
    title=Text(
        "Inference experiments encrypt with a customer-managed key",
        "推論実験がカスタマー管理キーで暗号化される",
    ),
    remedy=Text(
        "Set KmsKey, and DataStorageConfig.KmsKey.",
        "KmsKey と DataStorageConfig.KmsKey を設定する。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=("AWS::SageMaker::InferenceExperiment",),
    check=_check,
)
