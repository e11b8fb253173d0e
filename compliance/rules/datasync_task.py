"""Transfers compare what arrived with what was sent, and say what they did."""

from collections.abc import Iterator

from compliance.reading.checks import expect, present
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(task: Resource, _: Context) -> Iterator[Problem]:
    modes = ("POINT_IN_TIME_CONSISTENT", "ONLY_FILES_TRANSFERRED")
    yield from expect(task, "Options.VerifyMode", *modes, default=modes[0])
    yield from expect(task, "Options.LogLevel", "BASIC", "TRANSFER")
    yield from present(task, "CloudWatchLogGroupArn")


RULE = Rule(
    id="IRYO-DATASYNC-TASK",
    title=Text(
        "DataSync verifies and logs what it moves",
        "DataSync が転送を検証し、記録する",
    ),
    remedy=Text(
        "Set VerifyMode, LogLevel and CloudWatchLogGroupArn.",
        "VerifyMode、LogLevel、CloudWatchLogGroupArn を設定する。",
    ),
    topic=Topic.INTEGRITY,
    types=("AWS::DataSync::Task",),
    check=_check,
)
