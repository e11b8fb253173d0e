"""Where the organisation requires a permissions boundary, every identity has it."""

from collections.abc import Iterator

from compliance.reading.checks import look, problem
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _wanted(context: Context) -> str | None:
    # Optional: an environment without the setting requires none.
    found: str | None = getattr(context.settings, "permissions_boundary", None)
    return found


def _required(_role: Resource, context: Context) -> bool:
    return _wanted(context) is not None


def _check(role: Resource, context: Context) -> Iterator[Problem]:
    given = str(look(role, "PermissionsBoundary", "not set"))
    wanted = str(_wanted(context))
    if given != wanted and not given.endswith(f"policy/{wanted}"):
        yield problem("", "PermissionsBoundary", f"is {given}, {wanted} is wanted")


RULE = Rule(
    id="IRYO-IAM-BOUNDARY",
    title=Text(
        "Identities have the permissions boundary that the environment requires",
        "ID に環境が求める許可の境界がある",
    ),
    remedy=Text(
        "Set permissions_boundary, for example with PermissionsBoundary.of(app).apply(...).",
        "permissions_boundary を設定する（例: PermissionsBoundary.of(app).apply(...)）。",
    ),
    topic=Topic.ACCESS_CONTROL,
    types=(
        "AWS::IAM::Role",
        "AWS::IAM::User",
    ),
    check=_check,
    applies=_required,
)
