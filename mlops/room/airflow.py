"""Amazon MWAA: Airflow that starts the same SageMaker jobs, from the DAG that was generated."""

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_mwaa as mwaa
from constructs import Construct

from infra.ingestion.permissions import allow
from mlops.room import names
from mlops.room.job_roles import JobRoles
from mlops.room.names import arn
from mlops.room.orchestrator import start_jobs
from mlops.room.properties import properties
from mlops.room.room import Room
from mlops.room.service_role import ServiceRole

PORTS = (443, 5432)
"""MWAA's parts reach its web server and its database through endpoints in this group:
https://docs.aws.amazon.com/mwaa/latest/userguide/vpc-security.html"""
LOGS = ("DagProcessingLogs", "SchedulerLogs", "TaskLogs", "WebserverLogs", "WorkerLogs")


class Airflow(Construct):
    """An environment whose web server is reached from the VPC only.

    DAGs lie under airflow/dags of the important bucket; `iryo mlops generate airflow` writes them.
    """

    def __init__(self, scope: Construct, construct_id: str, *, room: Room, roles: JobRoles) -> None:
        super().__init__(scope, construct_id)
        settings, name = room.config.mlops.airflow, room.names.prefix
        role = ServiceRole(
            self,
            "Role",
            services=["airflow", "airflow-env"],
            description="Airflow: DAGs, its own queue and logs, and the jobs of pipelines",
            statements=_statements(room, roles),
        )
        environment = mwaa.CfnEnvironment(
            self,
            "Environment",
            name=name,
            airflow_version=settings.version,
            environment_class=settings.size,
            min_workers=1,
            max_workers=2,
            dag_s3_path=f"{names.AIRFLOW}/dags",
            source_bucket_arn=room.data.important.bucket_arn,
            execution_role_arn=role.role.role_arn,
            kms_key=room.security.important_key.key_arn,
            webserver_access_mode="PRIVATE_ONLY",
            network_configuration=mwaa.CfnEnvironment.NetworkConfigurationProperty(
                subnet_ids=list(room.subnets),
                security_group_ids=[
                    room.network.application_sg.security_group_id,
                    self._group(room),
                ],
            ),
            logging_configuration=properties(
                {kind: {"Enabled": True, "LogLevel": "INFO"} for kind in LOGS}
            ),
        )
        environment.node.add_dependency(role.policy)

    def _group(self, room: Room) -> str:
        group = ec2.CfnSecurityGroup(
            self,
            "Group",
            group_description="Parts of Airflow among themselves",
            vpc_id=room.network.vpc.vpc_id,
            # An address that no packet has: EC2 takes an empty list for "everything".
            security_group_egress=[
                ec2.CfnSecurityGroup.EgressProperty(
                    ip_protocol="icmp",
                    from_port=252,
                    to_port=86,
                    cidr_ip="255.255.255.255/32",
                    description="Nothing else may leave",
                )
            ],
        )
        for port in PORTS:
            ec2.CfnSecurityGroupIngress(
                self,
                f"In{port}",
                group_id=group.attr_group_id,
                source_security_group_id=group.attr_group_id,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
            )
            ec2.CfnSecurityGroupEgress(
                self,
                f"Out{port}",
                group_id=group.attr_group_id,
                destination_security_group_id=group.attr_group_id,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
            )
        return group.attr_group_id


def _statements(room: Room, roles: JobRoles) -> list[iam.PolicyStatement]:
    name, bucket = room.names.prefix, room.data.important
    key = allow(
        "QueueKey",
        ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*"],
        room.security.important_key.key_arn,
    )
    return [
        allow("Heartbeat", ["airflow:PublishMetrics"], arn("airflow", f"environment/{name}")),
        allow("Dags", ["s3:GetObject"], bucket.arn_for_objects(f"{names.AIRFLOW}/*")),
        allow(
            "Bucket",
            ["s3:GetBucketPublicAccessBlock", "s3:GetBucketLocation", "s3:ListBucket"],
            bucket.bucket_arn,
        ),
        allow("PublicAccess", ["s3:GetAccountPublicAccessBlock"], "*"),
        allow(
            "Logs",
            [
                *("logs:CreateLogStream", "logs:CreateLogGroup", "logs:PutLogEvents"),
                *("logs:GetLogEvents", "logs:GetLogRecord", "logs:GetLogGroupFields"),
            ],
            arn("logs", f"log-group:airflow-{name}-*"),
        ),
        allow("Metrics", ["cloudwatch:PutMetricData"], "*"),
        # The queue is in an account of AWS that nobody is told.
        allow(
            "Queue",
            [
                *("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
                *("sqs:GetQueueUrl", "sqs:ReceiveMessage", "sqs:SendMessage"),
            ],
            arn("sqs", "airflow-celery-*", account="*"),
        ),
        key,
        *start_jobs(room, roles),
    ]
