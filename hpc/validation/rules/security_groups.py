"""Nodes wear the HPC security group, not one that ParallelCluster makes and opens to the world."""

from collections.abc import Iterator

from hpc.validation.context import Context, Yaml, get, nodes
from hpc.validation.findings import Finding


def security_groups(config: Yaml, _: Context) -> Iterator[Finding]:
    """Refuse nodes without security groups of our own."""
    for path, node in nodes(config):
        if not get(node, "Networking", "SecurityGroups"):
            yield Finding(
                (*path, "Networking", "SecurityGroups"),
                "absent, so ParallelCluster makes a group that everything may leave by; allowed is "
                "the HPC security group",
                "security_groups",
            )
