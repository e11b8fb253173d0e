"""Clients of Kafka prove who they are, and come from our network."""

from collections.abc import Iterator

from compliance.reading.checks import expect, look
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(cluster: Resource, _: Context) -> Iterator[Problem]:
    at = "ClientAuthentication"
    ways = ("Sasl.Iam", "Sasl.Scram", "Tls")
    if not any(look(cluster, f"{at}.{way}.Enabled") is True for way in ways):
        yield Problem(f"{at} enables neither IAM, SCRAM nor TLS", finding=at)
    yield from expect(cluster, f"{at}.Unauthenticated.Enabled", None, False)
    path = "BrokerNodeGroupInfo.ConnectivityInfo.PublicAccess.Type"
    yield from expect(cluster, path, None, "DISABLED")


RULE = Rule(
    id="IRYO-MSK-ACCESS",
    title=Text(
        "Kafka knows its clients and is not public",
        "Kafka が利用者を認証し、公開されていない",
    ),
    remedy=Text(
        "Enable IAM, no Unauthenticated access, no public access.",
        "IAM 認証を有効にし、Unauthenticated とパブリックアクセスは無効にする。",
    ),
    topic=Topic.AUTHENTICATION,
    types=(
        "AWS::MSK::Cluster",
        "AWS::MSK::ServerlessCluster",
    ),
    check=_check,
)
