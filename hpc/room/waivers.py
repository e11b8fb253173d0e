"""Excuses of this room, each hung on one resource by the module that makes it."""

from datetime import date

from compliance.excuses import Excuses
from compliance.waivers import Waiver
from infra.config import EnvironmentConfig

EXCUSES = Excuses(ticket="IRYO-HPC-1", expires=date(2027, 9, 30))


def outside_the_vpc(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse that the room's functions have no network."""
    reason = (
        "It answers CloudFormation at an address outside and asks services that have no endpoint "
        "inside; it sees no records."
    )
    control = "Its role names what it may call; nothing reaches it but its callers."
    return [
        *EXCUSES.packs(config, rule="LambdaInsideVPC", reason=reason, compensating_control=control),
        *(
            EXCUSES.one(
                config,
                rule="IRYO-LAMBDA-VPC",
                finding=finding,
                reason=reason,
                compensating_control=control,
            )
            for finding in ("SubnetIds", "SecurityGroupIds")
        ),
    ]


def waited_for(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse that a custom resource's function has no queue for what it could not take."""
    return EXCUSES.packs(
        config,
        rule="LambdaDLQ",
        reason="CloudFormation waits for the answer: a lost event cannot go unnoticed.",
        compensating_control="Without an answer the deployment fails and is rolled back.",
    )


def no_rotation(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse that the accounting database's password is not rotated by a schedule."""
    return EXCUSES.packs(
        config,
        rule="SecretsManagerRotationEnabled",
        reason="Slurm's daemon reads the password when it starts: a rotation behind its back ends "
        "the accounting of every job until the cluster is updated.",
        compensating_control="Generated, read by nobody but the head node; changed by hand with an "
        "update of the cluster; the database is reached from the HPC group over TLS only.",
    )


def journal(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse that the table of requests is in no backup plan."""
    return EXCUSES.packs(
        config,
        rule="DynamoDBInBackupPlan",
        reason="It holds requests for some weeks and the last configuration of each cluster, which "
        "the template has too.",
        compensating_control="Point-in-time recovery.",
    )


def homes(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse that the home directories are in no backup plan of ours."""
    return EXCUSES.packs(
        config,
        rule="EFSInBackupPlan",
        reason="The rule looks for a plan in the same template; AWS makes one for the file system.",
        compensating_control="BackupPolicy ENABLED: AWS Backup's daily plan, kept for 35 days.",
    )


def accounting(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse what the accounting database, which holds who ran which job, does not have."""
    return [
        *EXCUSES.packs(
            config,
            rule="RDSInBackupPlan",
            reason="RDS itself backs it up; a second plan would copy the same.",
            compensating_control="Automated backups with point-in-time recovery, 7 or 35 days.",
        ),
        *EXCUSES.packs(
            config,
            rule="RDSLoggingEnabled",
            finding="LogExport::general",
            reason="The general log repeats every statement of one daemon, minute by minute.",
            compensating_control="The audit plugin logs connections and changes of tables and "
            "rights; error and slow query logs are exported.",
        ),
    ]


def head_node_scripts(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse that the room's functions may run scripts on instances that nobody can name yet."""
    return [
        EXCUSES.one(
            config,
            rule="IRYO-IAM-ESCALATION",
            finding="ssm-send-command",
            reason="A head node's id is not known before ParallelCluster makes it, and changes.",
            compensating_control="Only instances tagged as a ParallelCluster's, one document of "
            "AWS; a boundary limits what the node may do; Run Command is in the audit trail.",
        )
    ]
