"""The security room: the keys of the data classes and of the logs."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.config import DataClass, EnvironmentConfig
from infra.config.registry_checks import needs_registry
from infra.security import key_policy
from infra.security.keys import ClassKey
from infra.security.names import cluster_name, trail_arn

LOG_CLASS = DataClass.IMPORTANT
"""Logs say who did what with which object. They hold no patient data, but are not for everyone."""


@dataclass(frozen=True, kw_only=True)
class SecurityOutputs:
    """What other rooms encrypt with. A grant on a key ends in the consumer's identity policy."""

    confidential_key: kms.IKey
    important_key: kms.IKey
    general_key: kms.IKey
    log_key: kms.IKey
    cluster_key: kms.IKey | None = None
    """Secrets inside Kubernetes and the disks of its nodes; only with rooms.eks."""


class SecurityStack(cdk.NestedStack):
    """One key a data class and one for logs."""

    outputs: SecurityOutputs

    def __init__(self, scope: Construct, construct_id: str, *, config: EnvironmentConfig) -> None:
        super().__init__(scope, construct_id)
        confidential = ClassKey(
            self,
            "Confidential",
            config=config,
            purpose="confidential",
            data_class=DataClass.CONFIDENTIAL,
            services=(
                *("s3", "kinesis", "sqs", "secretsmanager", "dynamodb", "lambda"),
                *(("sagemaker",) if config.rooms.mlops else ()),
            ),
            statements=[
                *key_policy.events(),
                *(key_policy.fargate_disks(cluster_name(config)) if config.rooms.ecs else []),
            ],
        )
        important = ClassKey(
            self,
            "Important",
            config=config,
            purpose="important",
            data_class=DataClass.IMPORTANT,
            services=_important_services(config),
            statements=[
                *key_policy.events(),
                key_policy.alarms(),
                *_ml_statements(config),
                *([key_policy.budgets(), key_policy.linked_roles()] if _has_hpc(config) else []),
            ],
        )
        general = ClassKey(
            self,
            "General",
            config=config,
            purpose="general",
            data_class=DataClass.GENERAL,
            services=("s3", *(("ecr",) if needs_registry(config) else ())),
        )
        logs = ClassKey(
            self,
            "Logs",
            config=config,
            purpose="logs",
            data_class=LOG_CLASS,
            services=("s3",),
            statements=[
                key_policy.log_groups(),
                *key_policy.trail(trail_arn(config)),
                *([key_policy.shells()] if config.rooms.ecs and config.ecs.shell else []),
            ],
        )
        self.outputs = SecurityOutputs(
            confidential_key=confidential.key,
            important_key=important.key,
            general_key=general.key,
            log_key=logs.key,
            cluster_key=self._cluster_key(config) if config.rooms.eks else None,
        )

    def _cluster_key(self, config: EnvironmentConfig) -> kms.IKey:
        """Make the key of a class of its own: a node's disk holds whatever its pods may see."""
        return ClassKey(
            self,
            "Cluster",
            config=config,
            purpose="cluster",
            data_class=DataClass.CONFIDENTIAL,
            services=("eks", "ec2", "aps"),
            statements=key_policy.node_disks(),
        ).key


def _important_services(config: EnvironmentConfig) -> tuple[str, ...]:
    rooms = (*_ml_services(config), *_hpc_services(config))
    return tuple(dict.fromkeys(("s3", "sqs", "dynamodb", "lambda", *rooms)))


def _has_hpc(config: EnvironmentConfig) -> bool:
    return config.rooms.hpc and config.hpc.wanted


def _hpc_services(config: EnvironmentConfig) -> tuple[str, ...]:
    """Return who holds clusters' volumes, files, accounting, passwords and images."""
    if not _has_hpc(config):
        return ()
    return ("ec2", "ecr", "elasticfilesystem", "fsx", "rds", "secretsmanager", "sns")


def _ml_services(config: EnvironmentConfig) -> tuple[str, ...]:
    """Return who holds models and features: volumes, stores, images, schedules."""
    if not config.rooms.mlops:
        return ()
    return (
        "sagemaker",
        "ecr",
        "scheduler",
        *(("airflow",) if config.mlops.airflow.enabled else ()),
    )


def _ml_statements(config: EnvironmentConfig) -> list[iam.PolicyStatement]:
    if not config.rooms.mlops:
        return []
    mlops = config.mlops
    return [
        # Airflow encrypts its log groups with the key of its environment.
        *([key_policy.log_groups()] if mlops.airflow.enabled else []),
        *([key_policy.read_elsewhere(mlops.release.accounts)] if mlops.release.accounts else []),
    ]
