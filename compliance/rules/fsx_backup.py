"""What FSx keeps is backed up, unless it only mirrors a bucket or is there for one run."""

from collections.abc import Iterator

from compliance.reading.checks import look, problem
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

CONFIGURATIONS = {
    "LUSTRE": "LustreConfiguration",
    "ONTAP": "OntapConfiguration",
    "OPENZFS": "OpenZFSConfiguration",
    "WINDOWS": "WindowsConfiguration",
}
LINKS = "AWS::FSx::DataRepositoryAssociation"
SHORTEST = 7


def _lasts(system: Resource, context: Context) -> bool:
    # A scratch system and one that is linked to a bucket cannot have backups of its own:
    # https://docs.aws.amazon.com/fsx/latest/LustreGuide/using-backups-fsx.html
    if str(look(system, "LustreConfiguration.DeploymentType", "")).startswith("SCRATCH"):
        return False
    return not context.resources.referring(LINKS, "FileSystemId", system)


def _check(system: Resource, _: Context) -> Iterator[Problem]:
    configuration = CONFIGURATIONS.get(str(look(system, "FileSystemType")))
    if configuration is None:
        yield Problem(f"FileSystemType {look(system, 'FileSystemType')} is not known")
        return
    path = f"{configuration}.AutomaticBackupRetentionDays"
    days = look(system, path, 0)
    if int(days) < SHORTEST:
        yield problem("", path, f"is {days}, {SHORTEST} or more is wanted")


RULE = Rule(
    id="IRYO-FSX-BACKUP",
    title=Text(
        "Lasting FSx file systems are backed up every day",
        "永続する FSx ファイルシステムが毎日バックアップされる",
    ),
    remedy=Text(
        "Set automatic_backup_retention to 7 days or more.",
        "automatic_backup_retention を 7 日以上にする。",
    ),
    topic=Topic.BACKUP,
    types=("AWS::FSx::FileSystem",),
    check=_check,
    applies=_lasts,
)
