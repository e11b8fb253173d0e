"""Clusters of HyperPod stand in our network."""

from collections.abc import Iterator

from compliance.reading.checks import present
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(cluster: Resource, _: Context) -> Iterator[Problem]:
    yield from present(cluster, "VpcConfig.Subnets")
    yield from present(cluster, "VpcConfig.SecurityGroupIds")


RULE = Rule(
    id="IRYO-SAGEMAKER-CLUSTER",
    title=Text(
        "HyperPod clusters are in our network",
        "HyperPod クラスターが自前のネットワーク内にある",
    ),
    remedy=Text(
        "Set VpcConfig.",
        "VpcConfig を設定する。",
    ),
    topic=Topic.NETWORK_SEGMENTATION,
    types=("AWS::SageMaker::Cluster",),
    check=_check,
)
