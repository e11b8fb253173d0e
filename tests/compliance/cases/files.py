"""File systems, backups and transfers."""

from typing import Any

from tests.compliance.cases.base import MISSING, Cases, Given, checked, merged, one
from tests.compliance.platform import allow, arn, deny_less, deny_plain_text, named, ref


def fsx(kind: str, configuration: str, **settings: Any) -> Given:
    return one("FSx::FileSystem", FileSystemType=kind, **{configuration: settings})


def lustre(**settings: Any) -> Given:
    return fsx("LUSTRE", "LustreConfiguration", DeploymentType="PERSISTENT_2", **settings)


def plan(**lifecycle: Any) -> Given:
    rule = {"RuleName": "daily", "TargetBackupVault": "vault", "Lifecycle": lifecycle}
    return one("Backup::BackupPlan", BackupPlan={"BackupPlanName": "p", "BackupPlanRule": [rule]})


DAYS = "AutomaticBackupRetentionDays"
LINK = named("FSx::DataRepositoryAssociation", FileSystemId=ref("Tested"))

CASES: dict[str, Cases] = {
    "IRYO-FSX-ENCRYPTION": checked(
        "FSx::FileSystem", {"KmsKeyId": arn("Key")}, {"KmsKeyId": MISSING}
    ),
    "IRYO-FSX-BACKUP": Cases(
        good=[
            lustre(AutomaticBackupRetentionDays=7),
            fsx("WINDOWS", "WindowsConfiguration", AutomaticBackupRetentionDays=30),
            fsx("OPENZFS", "OpenZFSConfiguration", AutomaticBackupRetentionDays="7"),
            fsx("ONTAP", "OntapConfiguration", AutomaticBackupRetentionDays=90),
        ],
        bad=[
            (lustre(), {f"LustreConfiguration.{DAYS}"}),
            (
                fsx("ONTAP", "OntapConfiguration", AutomaticBackupRetentionDays=1),
                {f"OntapConfiguration.{DAYS}"},
            ),
            (fsx("NEWFS", "LustreConfiguration"), {""}),
        ],
        other=[
            fsx("LUSTRE", "LustreConfiguration", DeploymentType="SCRATCH_2"),
            {**lustre(), "Link": LINK},
        ],
    ),
    "IRYO-EFS-ENCRYPTION": checked(
        "EFS::FileSystem",
        {"Encrypted": True, "KmsKeyId": arn("Key")},
        {"Encrypted": False, "KmsKeyId": MISSING},
    ),
    "IRYO-EFS-TLS": Cases(
        good=[one("EFS::FileSystem", FileSystemPolicy=deny_plain_text("*"))],
        bad=[
            (one("EFS::FileSystem"), {""}),
            (one("EFS::FileSystem", FileSystemPolicy=allow(Principal="*", Action="*")), {""}),
            *(
                (one("EFS::FileSystem", FileSystemPolicy=document), {""})
                for document in deny_less("elasticfilesystem:*")
            ),
        ],
    ),
    "IRYO-EFS-BACKUP": checked(
        "EFS::FileSystem",
        {"BackupPolicy": {"Status": "ENABLED"}},
        {"BackupPolicy": MISSING},
        findings={"BackupPolicy": "BackupPolicy.Status"},
    ),
    "IRYO-EFS-ACCESS-POINT": checked(
        "EFS::AccessPoint",
        {"PosixUser": {"Uid": "1000", "Gid": "1000"}, "RootDirectory": {"Path": "/home"}},
        {"PosixUser": MISSING, "RootDirectory.Path": "/"},
        findings={"PosixUser": "PosixUser.Uid"},
    ),
    "IRYO-BACKUP-VAULT": merged(
        checked(
            "Backup::BackupVault", {"EncryptionKeyArn": arn("Key")}, {"EncryptionKeyArn": MISSING}
        ),
        checked(
            "Backup::LogicallyAirGappedBackupVault",
            {"EncryptionKeyArn": arn("Key")},
            {"EncryptionKeyArn": MISSING},
        ),
    ),
    "IRYO-BACKUP-LOCK": checked(
        "Backup::BackupVault",
        {"LockConfiguration": {"MinRetentionDays": 35}},
        {"LockConfiguration": MISSING},
        findings={"LockConfiguration": "LockConfiguration.MinRetentionDays"},
    ),
    "IRYO-BACKUP-PLAN": Cases(
        good=[plan(DeleteAfterDays=35), plan(DeleteAfterDays=3650)],
        bad=[
            (plan(), {"daily.Lifecycle.DeleteAfterDays"}),
            (plan(DeleteAfterDays=7), {"daily.Lifecycle.DeleteAfterDays"}),
        ],
    ),
    "IRYO-DATASYNC-TASK": checked(
        "DataSync::Task",
        {"Options": {"LogLevel": "TRANSFER"}, "CloudWatchLogGroupArn": arn("Log")},
        {
            "Options.VerifyMode": "NONE",
            "Options.LogLevel": "OFF",
            "CloudWatchLogGroupArn": MISSING,
        },
    ),
    "IRYO-DATASYNC-TLS": merged(
        checked(
            "DataSync::LocationEFS",
            {"InTransitEncryption": "TLS1_2"},
            {"InTransitEncryption": MISSING},
        ),
        checked("DataSync::LocationObjectStorage", {}, {"ServerProtocol": "HTTP"}),
        checked(
            "DataSync::LocationHDFS",
            {"QopConfiguration": {"DataTransferProtection": "PRIVACY"}},
            {"QopConfiguration.DataTransferProtection": "INTEGRITY"},
        ),
        checked(
            "DataSync::LocationSMB",
            {"MountOptions": {"Version": "SMB3"}},
            {"MountOptions.Version": MISSING},
        ),
    ),
}
