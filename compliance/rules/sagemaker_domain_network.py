"""Studio reaches the world through our network only."""

from collections.abc import Iterator

from compliance.reading.checks import expect, present
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(domain: Resource, _: Context) -> Iterator[Problem]:
    yield from expect(domain, "AppNetworkAccessType", "VpcOnly", default="PublicInternetOnly")
    yield from present(domain, "SubnetIds")
    yield from present(domain, "DefaultUserSettings.SecurityGroups")


RULE = Rule(
    id="IRYO-SAGEMAKER-DOMAIN-NETWORK",
    title=Text(
        "SageMaker domains are VPC-only",
        "SageMaker ドメインが VPC 内だけで通信する",
    ),
    remedy=Text(
        "Set app_network_access_type=VpcOnly with private subnets and security groups.",
        "app_network_access_type=VpcOnly、プライベートサブネット、セキュリティグループを設定する。",
    ),
    topic=Topic.NETWORK_SEGMENTATION,
    types=("AWS::SageMaker::Domain",),
    check=_check,
)
