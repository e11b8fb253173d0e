"""Jobs and models, wherever they are defined, are cut off and speak encrypted."""

from collections.abc import Iterator

from compliance.reading import sagemaker
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(resource: Resource, _: Context) -> Iterator[Problem]:
    for job in sagemaker.jobs(resource):
        yield from sagemaker.network_problems(job)


RULE = Rule(
    id="IRYO-SAGEMAKER-JOBS-NETWORK",
    title=Text(
        "SageMaker jobs are isolated, in our network, and encrypt their traffic",
        "SageMaker のジョブが隔離され、自前のネットワーク内で通信を暗号化する",
    ),
    remedy=Text(
        "Set EnableNetworkIsolation, EnableInterContainerTrafficEncryption and VpcConfig.",
        "EnableNetworkIsolation、EnableInterContainerTrafficEncryption、VpcConfig を設定する。",
    ),
    topic=Topic.NETWORK_SEGMENTATION,
    types=sagemaker.TYPES,
    check=_check,
    applies=sagemaker.describes(network=True),
)
