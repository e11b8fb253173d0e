"""Slurm is the only scheduler."""

from collections.abc import Iterator

from hpc.validation.context import Context, Yaml, get
from hpc.validation.findings import Finding


def scheduler(config: Yaml, _: Context) -> Iterator[Finding]:
    """Refuse SGE, Torque and AWS Batch as schedulers of a cluster."""
    given = get(config, "Scheduling", "Scheduler")
    if given is not None and given != "slurm":
        yield Finding(
            ("Scheduling", "Scheduler"),
            f"{given} is not supported any more; slurm is allowed",
            "scheduler",
        )
