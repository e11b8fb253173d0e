"""An event that its target did not take is kept."""

from collections.abc import Iterator

from compliance.reading.checks import look, objects, present
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(rule: Resource, context: Context) -> Iterator[Problem]:
    if rule.type == "AWS::Scheduler::Schedule":
        yield from present(rule, "Target.DeadLetterConfig.Arn")
        return
    for target in objects(rule, "Targets"):
        # A log group or another bus has its own way of not losing anything.
        arn = look(target, "Arn")
        kind = context.resources.at(arn)
        kept = kind and kind.type in ("AWS::Logs::LogGroup", "AWS::Events::EventBus")
        if not kept and ":log-group:" not in str(arn):
            yield from present(target, "DeadLetterConfig.Arn", place=str(look(target, "Id")))


RULE = Rule(
    id="IRYO-EVENTS-TARGETS",
    title=Text(
        "Rules and schedules keep events that failed",
        "ルールとスケジュールが届かなかったイベントを残す",
    ),
    remedy=Text(
        "Set dead_letter_queue of each target.",
        "各ターゲットに dead_letter_queue を設定する。",
    ),
    topic=Topic.INTEGRITY,
    types=(
        "AWS::Events::Rule",
        "AWS::Scheduler::Schedule",
    ),
    check=_check,
)
