"""Brokers write their logs somewhere."""

from collections.abc import Iterator

from compliance.reading.checks import look
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(cluster: Resource, _: Context) -> Iterator[Problem]:
    at = "LoggingInfo.BrokerLogs"
    targets = ("CloudWatchLogs", "Firehose", "S3")
    if not any(look(cluster, f"{at}.{target}.Enabled") is True for target in targets):
        yield Problem(f"{at} is off")


RULE = Rule(
    id="IRYO-MSK-LOGS",
    title=Text(
        "Kafka brokers write logs",
        "Kafka ブローカーがログを残す",
    ),
    remedy=Text(
        "Set LoggingInfo.BrokerLogs to a log group of ours.",
        "LoggingInfo.BrokerLogs に自前のロググループを設定する。",
    ),
    topic=Topic.AUDIT_LOGGING,
    types=("AWS::MSK::Cluster",),
    check=_check,
)
