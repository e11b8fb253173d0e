"""File systems of EFS refuse mounts without TLS."""

from collections.abc import Iterator

from compliance.policies import statements
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

ALL = "elasticfilesystem:*"


def _check(system: Resource, _: Context) -> Iterator[Problem]:
    policy = statements(system.get("FileSystemPolicy"))
    if not any(statement.denies_plain_text(ALL) for statement in policy):
        yield Problem("FileSystemPolicy does not deny mounts without TLS")


RULE = Rule(
    id="IRYO-EFS-TLS",
    title=Text(
        "EFS file systems refuse mounts without TLS",
        "EFS ファイルシステムが TLS のないマウントを拒む",
    ),
    remedy=Text(
        "Add a file system policy that denies aws:SecureTransport false.",
        "aws:SecureTransport が false なら拒否するファイルシステムポリシーを加える。",
    ),
    topic=Topic.ENCRYPTION_IN_TRANSIT,
    types=("AWS::EFS::FileSystem",),
    check=_check,
)
