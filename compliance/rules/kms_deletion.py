"""A key that somebody schedules for deletion can be saved for as long as KMS allows."""

from collections.abc import Iterator

from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule

# https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html: 7 to 30 days,
# 30 when nothing is said.
LONGEST = 30


def _check(key: Resource, context: Context) -> Iterator[Problem]:
    days = key.get("PendingWindowInDays", default=LONGEST)
    if context.settings.stage == "production" and days != LONGEST:
        yield Problem(f"PendingWindowInDays is {days}; production keeps the longest, {LONGEST}")


RULE = Rule(
    id="IRYO-KMS-DELETION",
    title="A deleted key can be saved for 30 days in production",
    remedy="Set pending_window to 30 days, or leave it out.",
    types=("AWS::KMS::Key",),
    check=_check,
)
