"""People come through Identity Center and programs with roles: nobody has lasting keys."""

from collections.abc import Iterator

from compliance.reading.checks import look
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(identity: Resource, _: Context) -> Iterator[Problem]:
    # A key on its way out may be switched off first.
    if look(identity, "Status") == "Inactive":
        return
    yield Problem(f"it is a lasting identity ({identity.type.rpartition('::')[2]})")


RULE = Rule(
    id="IRYO-IAM-USERS",
    title=Text(
        "There are no IAM users, groups or access keys",
        "IAM ユーザー、グループ、アクセスキーがない",
    ),
    remedy=Text(
        "Use a role, or a permission set of IAM Identity Center.",
        "ロールか、IAM Identity Center の許可セットを使う。",
    ),
    topic=Topic.AUTHENTICATION,
    types=(
        "AWS::IAM::User",
        "AWS::IAM::AccessKey",
        "AWS::IAM::Group",
    ),
    check=_check,
)
