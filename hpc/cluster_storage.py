"""Described storage as `SharedStorage` of a cluster and as properties of the file systems.

File systems are resources of this room, with the data storage security group: what holds data is
then in a template where the gate, the guard of stateful resources and the reviewer see it, and the
cluster mounts it by its id. Block volumes belong to the head node, so the cluster makes them.
"""

from typing import Any

from hpc.surroundings import Surroundings
from infra.config.hpc_storage import Block, DataRepository, Home, Lustre, LustreKind, Storage

Yaml = dict[str, Any]
ALL_CHANGES = ["NEW", "CHANGED", "DELETED"]


def shared_storage(storage: Storage, surroundings: Surroundings) -> list[Yaml]:
    """Return the `SharedStorage` section; empty when nothing is shared."""
    shared = [_block(block, surroundings) for block in storage.block]
    if storage.home:
        shared.append(_mounted(storage.home, "Efs", surroundings))
    shared += [_mounted(lustre, "FsxLustre", surroundings) for lustre in storage.lustre]
    return shared


def lustre_properties(lustre: Lustre, surroundings: Surroundings) -> Yaml:
    """Return the properties of the `AWS::FSx::FileSystem` of a described Lustre."""
    settings: Yaml = {"DeploymentType": lustre.kind.value.upper()}
    if lustre.kind is LustreKind.PERSISTENT_2:
        settings["PerUnitStorageThroughput"] = lustre.throughput
        settings["AutomaticBackupRetentionDays"] = lustre.backup_days
        settings["CopyTagsToBackups"] = lustre.backup_days > 0
    if lustre.compression:
        settings["DataCompressionType"] = "LZ4"
    properties: Yaml = {
        "FileSystemType": "LUSTRE",
        "FileSystemTypeVersion": "2.15",
        "StorageType": "SSD",
        "StorageCapacity": lustre.size_gib,
        "SubnetIds": [surroundings.storage_subnet],
        "SecurityGroupIds": [surroundings.data_storage_group],
        "LustreConfiguration": settings,
    }
    if lustre.kind is LustreKind.PERSISTENT_2:
        properties["KmsKeyId"] = surroundings.storage_key
    return properties


def repository_properties(
    repository: DataRepository, *, file_system: str, surroundings: Surroundings
) -> Yaml:
    """Return the properties of the `AWS::FSx::DataRepositoryAssociation` of a lake folder."""
    prefix = repository.prefix.strip("/")
    path = f"s3://{surroundings.important_bucket}" + (f"/{prefix}/" if prefix else "")
    policies: Yaml = {}
    if repository.import_changes:
        policies["AutoImportPolicy"] = {"Events": ALL_CHANGES}
    if repository.export_changes:
        policies["AutoExportPolicy"] = {"Events": ALL_CHANGES}
    return {
        "FileSystemId": file_system,
        "FileSystemPath": repository.path,
        "DataRepositoryPath": path,
        "BatchImportMetaDataOnCreate": repository.import_changes,
        "S3": policies,
    }


def home_properties(surroundings: Surroundings) -> Yaml:
    """Return the properties of the `AWS::EFS::FileSystem` of the home directories."""
    return {
        "Encrypted": True,
        "KmsKeyId": surroundings.storage_key,
        "PerformanceMode": "generalPurpose",
        "ThroughputMode": "elastic",
        "BackupPolicy": {"Status": "ENABLED"},
        "LifecyclePolicies": [
            {"TransitionToIA": "AFTER_30_DAYS"},
            {"TransitionToPrimaryStorageClass": "AFTER_1_ACCESS"},
        ],
    }


def _mounted(described: Lustre | Home, kind: str, surroundings: Surroundings) -> Yaml:
    settings: Yaml = {"FileSystemId": surroundings.file_systems[described.name]}
    if kind == "Efs":
        settings |= {"EncryptionInTransit": True, "IamAuthorization": True}
    return {
        "Name": described.name,
        "MountDir": described.mount,
        "StorageType": kind,
        f"{kind}Settings": settings,
    }


def _block(block: Block, surroundings: Surroundings) -> Yaml:
    keep = surroundings.retain if block.keep is None else block.keep
    return {
        "Name": block.name,
        "MountDir": block.mount,
        "StorageType": "Ebs",
        "EbsSettings": {
            "VolumeType": block.kind,
            "Iops": block.iops,
            "Size": block.size_gib,
            "Encrypted": True,
            "KmsKeyId": surroundings.storage_key,
            "DeletionPolicy": "Retain" if keep else "Delete",
        },
    }
