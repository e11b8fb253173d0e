"""Plans keep backups for a chosen time of at least 35 days."""

from collections.abc import Iterator

from compliance.reading.checks import look, objects, problem
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

SHORTEST = 35


def _check(plan: Resource, _: Context) -> Iterator[Problem]:
    for rule in objects(plan, "BackupPlan.BackupPlanRule"):
        name = str(look(rule, "RuleName"))
        days = look(rule, "Lifecycle.DeleteAfterDays")
        if days is None:
            yield problem(name, "Lifecycle.DeleteAfterDays", "is not set", "nobody chose a time")
        elif int(days) < SHORTEST:
            yield problem(name, "Lifecycle.DeleteAfterDays", f"is {days}")


RULE = Rule(
    id="IRYO-BACKUP-PLAN",
    title=Text(
        "Backup plans keep backups for 35 days or more",
        "バックアップ計画が 35 日以上保持する",
    ),
    remedy=Text(
        "Set delete_after of each rule.",
        "各ルールの delete_after を設定する。",
    ),
    topic=Topic.BACKUP,
    types=("AWS::Backup::BackupPlan",),
    check=_check,
)
