"""Nothing leaves a topic over plain HTTP."""

from collections.abc import Iterator

from compliance.reading.checks import look, problem
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(subscription: Resource, _: Context) -> Iterator[Problem]:
    if look(subscription, "Protocol") == "http":
        yield problem("", "Protocol", "is http")


RULE = Rule(
    id="IRYO-SNS-SUBSCRIPTION",
    title=Text(
        "Subscriptions deliver over TLS",
        "サブスクリプションが TLS で配信する",
    ),
    remedy=Text(
        "Use https:// endpoints.",
        "https:// のエンドポイントを使う。",
    ),
    topic=Topic.ENCRYPTION_IN_TRANSIT,
    types=("AWS::SNS::Subscription",),
    check=_check,
)
