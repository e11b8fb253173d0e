"""Studio's home folders and shared notebooks are encrypted with a customer-managed key."""

from collections.abc import Iterator

from compliance.reading.checks import look, own_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(domain: Resource, context: Context) -> Iterator[Problem]:
    yield from own_key(domain, "KmsKeyId", context)
    at = "DefaultUserSettings.SharingSettings"
    if look(domain, f"{at}.NotebookOutputOption") == "Allowed":
        yield from own_key(domain, f"{at}.S3KmsKeyId", context)


RULE = Rule(
    id="IRYO-SAGEMAKER-DOMAIN-ENCRYPTION",
    title=Text(
        "SageMaker domains encrypt with a customer-managed key",
        "SageMaker ドメインがカスタマー管理キーで暗号化される",
    ),
    remedy=Text(
        "Set KmsKeyId, and S3KmsKeyId where notebook outputs are shared.",
        "KmsKeyId を設定し、ノートブックの出力を共有するなら S3KmsKeyId も設定する。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=("AWS::SageMaker::Domain",),
    check=_check,
)
