"""Brokers speak TLS to clients and to each other."""

from collections.abc import Iterator

from compliance.reading.checks import expect
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(cluster: Resource, _: Context) -> Iterator[Problem]:
    # https://docs.aws.amazon.com/msk/1.0/apireference/clusters.html: both are on by default.
    at = "EncryptionInfo.EncryptionInTransit"
    yield from expect(cluster, f"{at}.ClientBroker", "TLS", default="TLS")
    yield from expect(cluster, f"{at}.InCluster", True, default=True)


RULE = Rule(
    id="IRYO-MSK-TLS",
    title=Text(
        "Kafka speaks TLS only",
        "Kafka が TLS だけで通信する",
    ),
    remedy=Text(
        "Set ClientBroker to TLS, leave InCluster on.",
        "ClientBroker を TLS にし、InCluster は有効のままにする。",
    ),
    topic=Topic.ENCRYPTION_IN_TRANSIT,
    types=("AWS::MSK::Cluster",),
    check=_check,
)
