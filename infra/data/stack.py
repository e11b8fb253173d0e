"""The data room: the lake's buckets and the trail of access to them."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.config import DataClass, EnvironmentConfig, StoreConfig
from infra.data.access_logs import AccessLogs
from infra.data.bucket_policy import read_elsewhere
from infra.data.lake_bucket import LakeBucket
from infra.data.trail import Trail
from infra.security.stack import LOG_CLASS, SecurityOutputs


@dataclass(frozen=True, kw_only=True)
class DataOutputs:
    """The stores of the lake. A grant on a bucket includes the use of its key."""

    confidential: s3.IBucket
    important: s3.IBucket
    general: s3.IBucket
    quarantine: s3.IBucket
    access_logs: s3.IBucket
    hpc_artefacts: s3.IBucket | None = None
    """What clusters keep of themselves and scripts that nodes run; None without the HPC room."""


class DataStack(cdk.NestedStack):
    """A bucket a data class, one for quarantine, one for access logs, and a trail."""

    outputs: DataOutputs

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        security: SecurityOutputs,
    ) -> None:
        super().__init__(scope, construct_id)
        access_logs = AccessLogs(self, "AccessLogs", config=config, data_class=LOG_CLASS)
        if config.rooms.edge:
            access_logs.receive_load_balancers()
        confidential = LakeBucket(
            self,
            "Confidential",
            config=config,
            store=config.data.confidential,
            data_class=DataClass.CONFIDENTIAL,
            key=security.confidential_key,
            access_logs=access_logs,
            archive=True,
        ).bucket
        important = LakeBucket(
            self,
            "Important",
            config=config,
            store=config.data.important,
            data_class=DataClass.IMPORTANT,
            key=security.important_key,
            access_logs=access_logs,
            announce=True,
            accelerate=config.rooms.hpc and config.hpc.transfer_acceleration,
        ).bucket
        if config.rooms.mlops and config.mlops.release.accounts:
            important.add_to_resource_policy(read_elsewhere(important, config))
        general = LakeBucket(
            self,
            "General",
            config=config,
            store=config.data.general,
            data_class=DataClass.GENERAL,
            key=security.general_key,
            access_logs=access_logs,
        ).bucket
        quarantine = LakeBucket(
            self,
            "Quarantine",
            config=config,
            store=config.data.quarantine,
            data_class=DataClass.CONFIDENTIAL,
            key=security.confidential_key,
            access_logs=access_logs,
            announce=True,
        ).bucket
        artefacts = (
            LakeBucket(
                self,
                "HpcArtefacts",
                config=config,
                store=StoreConfig(),
                data_class=DataClass.IMPORTANT,
                key=security.important_key,
                access_logs=access_logs,
            ).bucket
            if config.rooms.hpc and config.hpc.wanted
            else None
        )
        Trail(
            self,
            "Trail",
            config=config,
            key=security.log_key,
            data_class=LOG_CLASS,
            stores=(confidential, important, general, quarantine),
            access_logs=access_logs,
        )
        self.outputs = DataOutputs(
            confidential=confidential,
            important=important,
            general=general,
            quarantine=quarantine,
            access_logs=access_logs.bucket,
            hpc_artefacts=artefacts,
        )
