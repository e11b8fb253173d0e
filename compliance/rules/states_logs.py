"""State machines log what they did, and never what they did it with."""

from collections.abc import Iterator

from compliance.reading.checks import expect, present
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(machine: Resource, _: Context) -> Iterator[Problem]:
    yield from expect(machine, "LoggingConfiguration.Level", "ALL", "ERROR")
    yield from present(machine, "LoggingConfiguration.Destinations")
    yield from expect(machine, "LoggingConfiguration.IncludeExecutionData", None, False)


RULE = Rule(
    id="IRYO-STATES-LOGS",
    title=Text(
        "State machines log their steps without payloads",
        "ステートマシンが内容を含まない実行ログを残す",
    ),
    remedy=Text(
        "Set logs with level ALL (or ERROR) and include_execution_data=False.",
        "level が ALL（または ERROR）、include_execution_data=False の logs を設定する。",
    ),
    topic=Topic.AUDIT_LOGGING,
    types=("AWS::StepFunctions::StateMachine",),
    check=_check,
)
