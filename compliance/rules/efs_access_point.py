"""Who comes through an access point is one named user, and sees one folder."""

from collections.abc import Iterator

from compliance.reading.checks import look, present, problem
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(point: Resource, _: Context) -> Iterator[Problem]:
    yield from present(point, "PosixUser.Uid")
    if look(point, "RootDirectory.Path", "/") == "/":
        yield problem("", "RootDirectory.Path", "is the root", "it shows the whole file system")


RULE = Rule(
    id="IRYO-EFS-ACCESS-POINT",
    title=Text(
        "EFS access points fix the user and the folder",
        "EFS アクセスポイントが利用者とフォルダーを固定する",
    ),
    remedy=Text(
        "Set posix_user and a path below the root.",
        "posix_user と、ルートより下の path を設定する。",
    ),
    topic=Topic.ACCESS_CONTROL,
    types=("AWS::EFS::AccessPoint",),
    check=_check,
)
