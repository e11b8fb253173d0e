"""Log groups encrypt with a customer-managed key."""

from collections.abc import Iterator

from compliance.keys import missing_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule


def _check(group: Resource, context: Context) -> Iterator[Problem]:
    yield from missing_key(group, context, "KmsKeyId")


RULE = Rule(
    id="IRYO-LOGS-ENCRYPTION",
    title="Log groups encrypt with a customer-managed key",
    remedy="Set encryption_key to the log key of the security room.",
    types=("AWS::Logs::LogGroup",),
    check=_check,
)
