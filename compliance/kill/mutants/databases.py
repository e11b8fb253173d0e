"""Databases and file systems."""

from compliance.kill.changes import having, without
from compliance.kill.mutant import Break, Via

DATABASE = "AWS::RDS::DBInstance"
PARAMETERS = "AWS::RDS::DBParameterGroup"
EFS = "AWS::EFS::FileSystem"
FSX = "AWS::FSx::FileSystem"
DENIED = ("FileSystemPolicy", "Statement", 0)
"""The statement that denies mounts without TLS."""
WITHOUT_A_KEY = (
    ("IRYO-RDS-ENCRYPTION", DATABASE),
    ("IRYO-EFS-ENCRYPTION", EFS),
    ("IRYO-FSX-ENCRYPTION", FSX),
)

BREAKS = (
    *(
        Break(rule=rule, name="without a key of ours", type=type_, change=without("KmsKeyId"))
        for rule, type_ in WITHOUT_A_KEY
    ),
    *(
        Break(
            rule=rule,
            name="under AWS's key",
            type=type_,
            change=having(f"alias/aws/{type_.split('::')[1].lower()}", "KmsKeyId"),
        )
        for rule, type_ in WITHOUT_A_KEY
    ),
    Break(
        rule="IRYO-RDS-ENCRYPTION",
        name="not encrypted",
        type=DATABASE,
        change=having(False, "StorageEncrypted"),
    ),
    Break(
        rule="IRYO-RDS-ENCRYPTION",
        name="statements kept under AWS's key",
        type=DATABASE,
        change=having(True, "EnablePerformanceInsights"),
    ),
    Break(
        rule="IRYO-RDS-ACCESS",
        name="passwords only",
        type=DATABASE,
        change=without("EnableIAMDatabaseAuthentication"),
    ),
    Break(
        rule="IRYO-RDS-ACCESS",
        name="a password written in the template",
        type=DATABASE,
        change=having("written", "MasterUserPassword"),
    ),
    Break(
        rule="IRYO-RDS-BACKUP",
        name="backups of a day",
        type=DATABASE,
        change=without("BackupRetentionPeriod"),
    ),
    Break(
        rule="IRYO-RDS-BACKUP",
        name="may be deleted",
        type=DATABASE,
        change=having(False, "DeletionProtection"),
        production=True,
    ),
    Break(
        rule="IRYO-RDS-LOGS",
        name="logs that stay in the database",
        type=DATABASE,
        change=having([], "EnableCloudwatchLogsExports"),
    ),
    Break(
        rule="IRYO-RDS-NETWORK",
        name="on the Internet",
        type=DATABASE,
        change=having(True, "PubliclyAccessible"),
    ),
    Break(
        rule="IRYO-RDS-NETWORK",
        name="on the Internet where its subnets are",
        type=DATABASE,
        change=without("PubliclyAccessible"),
    ),
    Break(
        rule="IRYO-RDS-TLS",
        name="plain text admitted",
        type=PARAMETERS,
        change=having("0", "Parameters", "require_secure_transport"),
    ),
    Break(
        rule="IRYO-RDS-TLS",
        name="plain text as the engine likes",
        type=PARAMETERS,
        change=without("Parameters", "require_secure_transport"),
    ),
    Break(
        rule="IRYO-RDS-TLS",
        name="parameters as AWS has them",
        type=DATABASE,
        change=without("DBParameterGroupName"),
    ),
    Break(
        rule="IRYO-EFS-ENCRYPTION",
        name="not encrypted",
        type=EFS,
        change=without("Encrypted"),
    ),
    Break(
        rule="IRYO-EFS-BACKUP",
        name="no backups",
        type=EFS,
        change=having("DISABLED", "BackupPolicy", "Status"),
    ),
    Break(
        rule="IRYO-EFS-TLS",
        name="no policy",
        type=EFS,
        change=without("FileSystemPolicy"),
    ),
    Break(
        rule="IRYO-EFS-TLS",
        name="denial of plain text removed",
        type=EFS,
        change=without(*DENIED),
    ),
    Break(
        rule="IRYO-EFS-TLS",
        name="plain text denied for reading only",
        type=EFS,
        change=having("elasticfilesystem:ClientMount", *DENIED, "Action"),
    ),
    Break(
        rule="IRYO-EFS-TLS",
        name="TLS denied instead of plain text",
        type=EFS,
        change=having("true", *DENIED, "Condition", "Bool", "aws:SecureTransport"),
    ),
    Break(
        rule="IRYO-FSX-BACKUP",
        name="neither backups nor a bucket that it is a copy of",
        type=FSX,
        change=having("fs-1", "FileSystemId"),
        via=Via("AWS::FSx::DataRepositoryAssociation", "FileSystemId"),
        silent=True,
    ),
)
