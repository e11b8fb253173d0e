"""Tables can be restored to a point in time and, in production, are hard to delete."""

from collections.abc import Iterator

from compliance.reading.replicas import GLOBAL, TABLE, replicas
from compliance.resources import Resource, known
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(table: Resource, context: Context) -> Iterator[Problem]:
    for replica in replicas(table):
        recovery = known(replica.get("PointInTimeRecoverySpecification", {}), "recovery")
        if recovery.get("PointInTimeRecoveryEnabled") is not True:
            yield Problem("point-in-time recovery is off", finding="recovery")
        if context.settings.stage == "production" and (
            replica.get("DeletionProtectionEnabled") is not True
        ):
            yield Problem("deletion protection is off in production", finding="deletion")


RULE = Rule(
    id="IRYO-DYNAMODB-RECOVERY",
    title=Text(
        "Tables can be restored to a point in time, and in production are hard to delete",
        "テーブルを任意の時点へ復元でき、本番では削除しにくい",
    ),
    remedy=Text(
        "Set point_in_time_recovery and deletion_protection.",
        "point_in_time_recovery と deletion_protection を設定する。",
    ),
    topic=Topic.BACKUP,
    types=(TABLE, GLOBAL),
    check=_check,
)
