"""Queues and topics refuse what does not come over TLS."""

from collections.abc import Iterator

from compliance.policies import statements
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

POLICIES = {
    "AWS::SQS::Queue": ("AWS::SQS::QueuePolicy", "Queues"),
    "AWS::SNS::Topic": ("AWS::SNS::TopicPolicy", "Topics"),
}
# https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html: SNS takes no sns:*.
ACTIONS = {"AWS::SQS::Queue": "sqs:*", "AWS::SNS::Topic": "sns:Publish"}


def _check(resource: Resource, context: Context) -> Iterator[Problem]:
    policies = context.resources.referring(*POLICIES[resource.type], resource)
    if not any(
        statement.denies_plain_text(ACTIONS[resource.type])
        for policy in policies
        for statement in statements(policy.get("PolicyDocument"))
    ):
        yield Problem("no policy denies requests without TLS (aws:SecureTransport false)")


RULE = Rule(
    id="IRYO-MESSAGING-TLS",
    title=Text(
        "Queues and topics refuse requests without TLS", "キューとトピックが TLS のない要求を拒む"
    ),
    remedy=Text("Set enforce_ssl=True.", "enforce_ssl=True を設定する。"),
    topic=Topic.ENCRYPTION_IN_TRANSIT,
    types=tuple(POLICIES),
    check=_check,
)
