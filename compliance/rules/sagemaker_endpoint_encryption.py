"""Endpoints encrypt their disks and what they write down with a customer-managed key."""

from collections.abc import Iterator

from compliance.reading import sagemaker
from compliance.reading.checks import look, objects, own_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(config: Resource, context: Context) -> Iterator[Problem]:
    variants = objects(config, "ProductionVariants")
    kinds = [str(look(one, "InstanceType")) for one in variants if look(one, "InstanceType")]
    # Serverless variants and local disks take no key.
    if any(not sagemaker.LOCAL_DISK.match(kind) for kind in kinds):
        yield from own_key(config, "KmsKeyId", context)
    for part in ("DataCaptureConfig", "AsyncInferenceConfig.OutputConfig"):
        if look(config, part) is not None:
            yield from own_key(config, f"{part}.KmsKeyId", context)
    for variant in variants:
        if look(variant, "CoreDumpConfig") is not None:
            name = str(look(variant, "VariantName"))
            yield from own_key(variant, "CoreDumpConfig.KmsKeyId", context, place=name)


RULE = Rule(
    id="IRYO-SAGEMAKER-ENDPOINT-ENCRYPTION",
    title=Text(
        "SageMaker endpoints encrypt with a customer-managed key",
        "SageMaker エンドポイントがカスタマー管理キーで暗号化される",
    ),
    remedy=Text(
        "Set KmsKeyId, and that of data capture, asynchronous output and core dumps.",
        "KmsKeyId と、データキャプチャ・非同期出力・コアダンプのキーを設定する。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=("AWS::SageMaker::EndpointConfig",),
    check=_check,
)
