"""The accounting database: a small RDS for MySQL that Slurm writes to."""

import aws_cdk as cdk
from aws_cdk import aws_rds as rds
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from compliance.waivers import waive
from hpc.room import waivers
from hpc.room.role import Role
from hpc.room.room import Room
from hpc.room.statements import aws_policy
from infra.config.hpc import Accounting

VERSION, MAJOR, FAMILY = "8.4.8", "8.4", "mysql8.4"
PORT = 3306
MONITORING = "service-role/AmazonRDSEnhancedMonitoringRole"
LOGS = ("audit", "error", "slowquery")


class Database(Construct):
    """`uri` is host:port, `secret` the ARN of a secret that holds the password and nothing else."""

    uri: str
    secret: str

    def __init__(
        self, scope: Construct, construct_id: str, *, room: Room, accounting: Accounting
    ) -> None:
        super().__init__(scope, construct_id)
        self._room = room
        removal = cdk.RemovalPolicy[room.config.data.removal.upper()]
        secret = self._password(accounting, removal)
        monitoring = Role(
            self,
            "Monitoring",
            service="monitoring.rds",
            description="Writes the operating system's metrics of the accounting database",
            policies={},
            aws_policies=[aws_policy(MONITORING)],
        )
        production = room.config.stage == "production"
        subnets = rds.CfnDBSubnetGroup(
            self,
            "Subnets",
            db_subnet_group_description="Data tier, for the accounting database",
            subnet_ids=list(room.storage_subnets),
        )
        parameters = rds.CfnDBParameterGroup(
            self,
            "Parameters",
            description="Slurm accounting: TLS only, slow statements are logged",
            family=FAMILY,
            parameters={
                "require_secure_transport": "1",
                "slow_query_log": "1",
                "log_output": "FILE",
                # https://slurm.schedmd.com/accounting.html
                "innodb_lock_wait_timeout": "900",
            },
        )
        instance = rds.CfnDBInstance(
            self,
            "Instance",
            engine="mysql",
            engine_version=VERSION,
            db_instance_class=accounting.instance_class,
            allocated_storage=str(accounting.size_gib),
            max_allocated_storage=accounting.size_gib * 5,
            storage_type="gp3",
            storage_encrypted=True,
            kms_key_id=room.key,
            db_subnet_group_name=subnets.ref,
            db_parameter_group_name=parameters.ref,
            option_group_name=self._audit(),
            vpc_security_groups=[room.network.database_sg.security_group_id],
            publicly_accessible=False,
            port=str(PORT),
            master_username=accounting.user,
            master_user_password=_resolved(secret.ref),
            multi_az=True,
            backup_retention_period=35 if production else 7,
            copy_tags_to_snapshot=True,
            deletion_protection=room.config.data.removal == "retain",
            auto_minor_version_upgrade=True,
            enable_cloudwatch_logs_exports=list(LOGS),
            enable_iam_database_authentication=True,
            monitoring_interval=60,
            monitoring_role_arn=monitoring.arn,
            ca_certificate_identifier="rds-ca-rsa2048-g1",
        )
        instance.apply_removal_policy(
            cdk.RemovalPolicy.SNAPSHOT if removal is cdk.RemovalPolicy.DESTROY else removal
        )
        waive(instance, *waivers.accounting(room.config))
        self.uri = f"{instance.attr_endpoint_address}:{PORT}"
        self.secret = secret.ref

    def _password(
        self, accounting: Accounting, removal: cdk.RemovalPolicy
    ) -> secretsmanager.CfnSecret:
        """Make the password. Slurm takes a secret that is the bare password, no JSON."""
        secret = secretsmanager.CfnSecret(
            self,
            "Password",
            description=f"Password of {accounting.user} in Slurm's accounting database",
            kms_key_id=self._room.key,
            generate_secret_string=secretsmanager.CfnSecret.GenerateSecretStringProperty(
                password_length=32, exclude_punctuation=True, require_each_included_type=True
            ),
        )
        secret.apply_removal_policy(removal)
        waive(secret, *waivers.no_rotation(self._room.config))
        return secret

    def _audit(self) -> str:
        """Have the database write down who asked what."""
        return rds.CfnOptionGroup(
            self,
            "Audit",
            engine_name="mysql",
            major_engine_version=MAJOR,
            option_group_description="Slurm accounting: audit log",
            option_configurations=[
                rds.CfnOptionGroup.OptionConfigurationProperty(
                    option_name="MARIADB_AUDIT_PLUGIN",
                    option_settings=[
                        rds.CfnOptionGroup.OptionSettingProperty(
                            name="SERVER_AUDIT_EVENTS", value="CONNECT,QUERY_DDL,QUERY_DCL"
                        )
                    ],
                )
            ],
        ).ref


def _resolved(secret: str) -> str:
    return f"{{{{resolve:secretsmanager:{secret}:SecretString}}}}"
