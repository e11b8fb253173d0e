"""Root volumes are encrypted.

The key is the account's default key for EBS, for ParallelCluster has no setting for it; the update
gate (`hpc/runtime/`) refuses a deployment while that is not a customer-managed key.
"""

from collections.abc import Iterator

from hpc.validation.context import Context, Yaml, get, nodes, off
from hpc.validation.findings import Finding


def root_volumes(config: Yaml, _: Context) -> Iterator[Finding]:
    """Refuse a root volume without encryption."""
    for path, node in nodes(config):
        place = ("LocalStorage",) if path == ("HeadNode",) else ("ComputeSettings", "LocalStorage")
        if off(get(node, *place, "RootVolume", "Encrypted")):
            yield Finding(
                (*path, *place, "RootVolume", "Encrypted"),
                "false leaves a disk readable (45 CFR 164.312(a)(2)(iv)); true is allowed",
                "root_volumes",
            )
