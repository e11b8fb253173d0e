"""Jobs, wherever they are defined, encrypt disks and results with our key."""

from collections.abc import Iterator

from compliance.reading import sagemaker
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(resource: Resource, context: Context) -> Iterator[Problem]:
    for job in sagemaker.jobs(resource):
        yield from sagemaker.encryption_problems(job, context)


RULE = Rule(
    id="IRYO-SAGEMAKER-JOBS-ENCRYPTION",
    title=Text(
        "SageMaker jobs encrypt disks and results with a customer-managed key",
        "SageMaker のジョブがディスクと結果をカスタマー管理キーで暗号化する",
    ),
    remedy=Text(
        "Set VolumeKmsKeyId and the KmsKeyId of the output, as a value that no start can change.",
        "VolumeKmsKeyId と出力の KmsKeyId を、開始時に変えられない値で設定する。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=sagemaker.TYPES,
    check=_check,
    applies=sagemaker.describes(network=False),
)
