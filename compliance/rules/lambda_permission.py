"""Who may invoke a function is named, and services only on behalf of this account."""

from collections.abc import Iterator

from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

BOUNDS = ("SourceArn", "SourceAccount", "PrincipalOrgID")


def _check(permission: Resource, _: Context) -> Iterator[Problem]:
    principal = str(permission.get("Principal"))
    bounded = any(permission.properties.get(key) is not None for key in BOUNDS)
    if not bounded and (principal == "*" or principal.endswith(".amazonaws.com")):
        yield Problem(f"{principal} may invoke it on behalf of any account")


RULE = Rule(
    id="IRYO-LAMBDA-PERMISSION",
    title=Text(
        "Functions are invoked only on behalf of our own", "関数が自組織のためにだけ呼び出される"
    ),
    remedy=Text("Set source_arn or source_account.", "source_arn か source_account を設定する。"),
    topic=Topic.ACCESS_CONTROL,
    types=("AWS::Lambda::Permission",),
    check=_check,
)
