"""Where the organisation requires a permissions boundary, every identity has it."""

from collections.abc import Iterator

from compliance.reading.checks import look, problem
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _required(_role: Resource, context: Context) -> bool:
    return context.settings.permissions_boundary is not None


def _check(role: Resource, context: Context) -> Iterator[Problem]:
    given = str(look(role, "PermissionsBoundary", "not set"))
    wanted = str(context.settings.permissions_boundary)
    if given != wanted and not given.endswith(f"policy/{wanted}"):
        yield problem("", "PermissionsBoundary", f"is {given}, {wanted} is wanted")


RULE = Rule(
    id="IRYO-IAM-BOUNDARY",
    title=Text(
        "Identities have the permissions boundary that the environment requires",
        "ID に環境が求める許可の境界がある",
    ),
    remedy=Text(
        "Name it in the environment file, as account.permissions_boundary; every role then has it.",
        "環境ファイルの account.permissions_boundary に指定すると、全ロールに付く。",
    ),
    topic=Topic.ACCESS_CONTROL,
    types=(
        "AWS::IAM::Role",
        "AWS::IAM::User",
    ),
    check=_check,
    applies=_required,
)
