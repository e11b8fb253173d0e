"""A key that somebody schedules for deletion can be saved for as long as KMS allows."""

from collections.abc import Iterator

from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

# https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html: 7 to 30 days,
# 30 when nothing is said.
LONGEST = 30


def _check(key: Resource, context: Context) -> Iterator[Problem]:
    days = key.get("PendingWindowInDays", default=LONGEST)
    if context.settings.stage == "production" and days != LONGEST:
        yield Problem(f"PendingWindowInDays is {days}; production keeps the longest, {LONGEST}")


RULE = Rule(
    id="IRYO-KMS-DELETION",
    title=Text(
        "A deleted key can be saved for 30 days in production",
        "本番では、削除したキーを 30 日間は取り消せる",
    ),
    remedy=Text(
        "Set pending_window to 30 days, or leave it out.",
        "pending_window を 30 日にするか、指定しない。",
    ),
    topic=Topic.KEY_MANAGEMENT,
    types=("AWS::KMS::Key", "AWS::KMS::ReplicaKey"),
    check=_check,
)
