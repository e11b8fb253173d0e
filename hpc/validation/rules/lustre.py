"""A managed Lustre file system has a size and a throughput that AWS sells."""

from collections.abc import Iterator

from hpc.validation.context import Context, Yaml, number, rows, table
from hpc.validation.findings import Finding, KeyPath

SMALLEST, STEP = 1200, 2400
"""GiB; https://docs.aws.amazon.com/fsx/latest/APIReference/API_CreateFileSystem.html"""


def lustre(config: Yaml, _: Context) -> Iterator[Finding]:
    """Refuse sizes between those of AWS and old deployment types."""
    for index, row in rows(config, "SharedStorage"):
        settings = table(row, "FsxLustreSettings")
        path: KeyPath = ("SharedStorage", index, "FsxLustreSettings")
        if not settings or settings.get("FileSystemId"):
            continue
        size = number(settings.get("StorageCapacity"))
        if near := nearest_size(size):
            yield Finding(
                (*path, "StorageCapacity"),
                f"{size} GiB is not sold; the nearest allowed is {near} (1200, 2400 or a multiple "
                "of 2400)",
                "lustre",
            )
        for key in ("ImportPath", "ExportPath"):
            if settings.get(key):
                yield Finding(
                    (*path, key),
                    "links a file system that PERSISTENT_2 no longer has; "
                    "DataRepositoryAssociations are allowed",
                    "lustre",
                )


def nearest_size(size: int) -> int | None:
    """Return the size that AWS sells nearest to one it does not; None for one that it sells."""
    if size == SMALLEST or (size > 0 and size % STEP == 0):
        return None
    if size <= (SMALLEST + STEP) // 2:
        return SMALLEST
    return max(STEP, round(size / STEP) * STEP)
