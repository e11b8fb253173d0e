"""The API servers of clusters answer inside our network only."""

from collections.abc import Iterator

from compliance.reading import eks
from compliance.reading.checks import expect
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(cluster: Resource, _: Context) -> Iterator[Problem]:
    at = eks.settings(cluster)
    # https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html: public by default.
    yield from expect(at, "ResourcesVpcConfig.EndpointPublicAccess", False, default=True)
    yield from expect(at, "ResourcesVpcConfig.EndpointPrivateAccess", True, default=False)


RULE = Rule(
    id="IRYO-EKS-ENDPOINT",
    title=Text(
        "The API server of a cluster is private",
        "クラスターの API サーバーが非公開である",
    ),
    remedy=Text(
        "Set endpoint_access=EndpointAccess.PRIVATE.",
        "endpoint_access=EndpointAccess.PRIVATE を設定する。",
    ),
    topic=Topic.NETWORK_EXPOSURE,
    types=eks.TYPES,
    check=_check,
)
