"""Models run in our network and can call nobody."""

from collections.abc import Iterator

from compliance.reading.checks import expect, present
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(model: Resource, _: Context) -> Iterator[Problem]:
    yield from expect(model, "EnableNetworkIsolation", True)
    yield from present(model, "VpcConfig.Subnets")
    yield from present(model, "VpcConfig.SecurityGroupIds")


RULE = Rule(
    id="IRYO-SAGEMAKER-MODEL",
    title=Text(
        "SageMaker models are isolated and in our network",
        "SageMaker モデルが隔離され、自前のネットワーク内で動く",
    ),
    remedy=Text(
        "Set EnableNetworkIsolation and VpcConfig.",
        "EnableNetworkIsolation と VpcConfig を設定する。",
    ),
    topic=Topic.NETWORK_SEGMENTATION,
    types=("AWS::SageMaker::Model",),
    check=_check,
)
