"""Pipes log what failed, and never what went through."""

from collections.abc import Iterator

from compliance.reading.checks import expect
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(pipe: Resource, _: Context) -> Iterator[Problem]:
    yield from expect(pipe, "LogConfiguration.Level", "ERROR", "INFO")
    yield from expect(pipe, "LogConfiguration.IncludeExecutionData", None, [])


RULE = Rule(
    id="IRYO-PIPES-LOGS",
    title=Text(
        "Pipes log without payloads",
        "パイプが内容を含まないログを残す",
    ),
    remedy=Text(
        "Set log_level and a destination; leave include_execution_data out.",
        "log_level と送信先を設定し、include_execution_data は設定しない。",
    ),
    topic=Topic.AUDIT_LOGGING,
    types=("AWS::Pipes::Pipe",),
    check=_check,
)
