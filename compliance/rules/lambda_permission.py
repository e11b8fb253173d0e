"""Who may invoke a function is named, and services only on behalf of this account."""

from collections.abc import Iterator

from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule

BOUNDS = ("SourceArn", "SourceAccount", "PrincipalOrgID")


def _check(permission: Resource, _: Context) -> Iterator[Problem]:
    principal = str(permission.get("Principal"))
    bounded = any(permission.properties.get(key) is not None for key in BOUNDS)
    if not bounded and (principal == "*" or principal.endswith(".amazonaws.com")):
        yield Problem(f"{principal} may invoke it on behalf of any account")


RULE = Rule(
    id="IRYO-LAMBDA-PERMISSION",
    title="Functions are invoked only on behalf of our own",
    remedy="Set source_arn or source_account.",
    types=("AWS::Lambda::Permission",),
    check=_check,
)
