"""Log groups encrypt with a customer-managed key."""

from collections.abc import Iterator

from compliance.keys import missing_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(group: Resource, context: Context) -> Iterator[Problem]:
    yield from missing_key(group, context, "KmsKeyId")


RULE = Rule(
    id="IRYO-LOGS-ENCRYPTION",
    title=Text(
        "Log groups encrypt with a customer-managed key",
        "ロググループがカスタマー管理キーで暗号化される",
    ),
    remedy=Text(
        "Set encryption_key to the log key of the security room.",
        "encryption_key に Security のログ用キーを設定する。",
    ),
    topic=Topic.ENCRYPTION_AT_REST,
    types=("AWS::Logs::LogGroup",),
    check=_check,
)
