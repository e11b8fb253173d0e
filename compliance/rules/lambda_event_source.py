"""Event sources give up after a bounded number of attempts and keep what failed."""

from collections.abc import Iterator

from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

FOREVER = -1
QUEUE = "AWS::SQS::Queue"


def _check(mapping: Resource, context: Context) -> Iterator[Problem]:
    source = context.resources.at(mapping.get("EventSourceArn"))
    if source and source.type == QUEUE:
        if not source.get("RedrivePolicy", "deadLetterTargetArn"):
            yield Problem("the queue it reads has no dead-letter queue", finding="destination")
        return
    if mapping.get("DestinationConfig", "OnFailure", "Destination") is None:
        yield Problem("DestinationConfig.OnFailure is not set", finding="destination")
    if mapping.get("MaximumRetryAttempts", default=FOREVER) == FOREVER:
        yield Problem("MaximumRetryAttempts is not set: it tries for ever", finding="retries")


RULE = Rule(
    id="IRYO-LAMBDA-EVENT-SOURCE",
    title=Text(
        "Event sources keep what failed and try a bounded number of times",
        "イベントソースが失敗分を残し、再試行に上限がある",
    ),
    remedy=Text(
        "Set on_failure and retry_attempts (a dead-letter queue for a queue).",
        "on_failure と retry_attempts（キューではデッドレターキュー）を設定する。",
    ),
    topic=Topic.INTEGRITY,
    types=("AWS::Lambda::EventSourceMapping",),
    check=_check,
)
