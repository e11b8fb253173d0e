"""Names that ParallelCluster and its accounting database can hold."""

import re
from collections.abc import Iterator

from hpc.validation.context import Context, Yaml, get
from hpc.validation.findings import Finding

LONGEST, LONGEST_WITH_DATABASE = 60, 40
"""pcluster.constants.PCLUSTER_NAME_MAX_LENGTH and ..._SLURM_ACCOUNTING; a test compares."""


def names(config: Yaml, context: Context) -> Iterator[Finding]:
    """Refuse a cluster name that is too long or has other characters."""
    name = context.cluster_name
    database = bool(get(config, "Scheduling", "SlurmSettings", "Database"))
    longest = LONGEST_WITH_DATABASE if database else LONGEST
    if len(name) > longest:
        reason = " with accounting" if database else ""
        yield Finding(
            ("ClusterName",),
            f"{name!r} has {len(name)} characters; {longest} are allowed{reason}, for example "
            f"{name[:longest].rstrip('-')!r}",
            "names",
        )
    elif not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", name):
        near = re.sub(r"[^A-Za-z0-9-]+", "-", name).strip("-").lstrip("-0123456789") or "cluster"
        yield Finding(
            ("ClusterName",),
            f"{name!r} is not allowed: a letter, then letters, digits and hyphens, for example "
            f"{near!r}",
            "names",
        )
