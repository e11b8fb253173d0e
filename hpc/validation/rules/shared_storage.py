"""Shared storage is encrypted with a customer-managed key."""

from collections.abc import Iterator

from hpc.validation.context import Context, Yaml, get, off, on, rows, table
from hpc.validation.findings import Finding, KeyPath, Level

SOURCE = "shared_storage"
EXISTING = ("FileSystemId", "VolumeId", "FileCacheId")


def shared_storage(config: Yaml, context: Context) -> Iterator[Finding]:
    """Refuse storage without encryption or with a key that is not ours.

    What already exists was judged where it was made.
    """
    for index, row in rows(config, "SharedStorage"):
        kind = str(row.get("StorageType"))
        section = f"{kind}Settings"
        settings = table(row, section)
        path: KeyPath = ("SharedStorage", index, section)
        if any(settings.get(key) for key in EXISTING):
            yield from _in_transit(path, kind, settings)
            continue
        encrypted = settings.get("Encrypted")
        if off(encrypted) or (kind == "Efs" and not on(encrypted)):
            yield Finding(
                (*path, "Encrypted"),
                f"{str(encrypted).lower()} leaves {kind} readable; true is allowed",
                SOURCE,
            )
        if kind == "FsxLustre" and str(settings.get("DeploymentType", "")).startswith("SCRATCH"):
            yield Finding(
                (*path, "DeploymentType"),
                f"{settings['DeploymentType']} takes no key of ours; allowed for patient data is "
                "PERSISTENT_2",
                SOURCE,
                Level.ERROR if context.production else Level.WARNING,
            )
        elif not settings.get("KmsKeyId"):
            yield Finding(
                (*path, "KmsKeyId"),
                f"{kind} has no customer-managed key; allowed is the ARN of the important class's "
                "key",
                SOURCE,
            )


def _in_transit(path: KeyPath, kind: str, settings: Yaml) -> Iterator[Finding]:
    if kind == "Efs" and not on(get(settings, "EncryptionInTransit")):
        yield Finding(
            (*path, "EncryptionInTransit"),
            "files cross the network in clear; true is allowed",
            SOURCE,
        )
