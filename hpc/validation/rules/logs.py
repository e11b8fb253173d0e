"""Logs leave the nodes and are kept for ten years."""

from collections.abc import Iterator

from hpc.validation.context import Context, Yaml, get, number, off
from hpc.validation.findings import Finding

CLOUD_WATCH = ("Monitoring", "Logs", "CloudWatch")
DEFAULT_DAYS = 180
SIX_YEARS = 2192
"""45 CFR 164.316(b)(2)(i)."""


def logs(config: Yaml, _: Context) -> Iterator[Finding]:
    """Refuse logs that are off, kept too short, or removed with the cluster."""
    if off(get(config, *CLOUD_WATCH, "Enabled")):
        yield Finding(
            (*CLOUD_WATCH, "Enabled"), "false keeps no log of who did what; true is allowed", "logs"
        )
    days = number(get(config, *CLOUD_WATCH, "RetentionInDays"), DEFAULT_DAYS)
    if 0 < days < SIX_YEARS:
        yield Finding(
            (*CLOUD_WATCH, "RetentionInDays"),
            f"{days} is under six years; 3653 is allowed (ParallelCluster knows nothing between "
            "1827 and 3653)",
            "logs",
        )
    if get(config, *CLOUD_WATCH, "DeletionPolicy") == "Delete":
        yield Finding(
            (*CLOUD_WATCH, "DeletionPolicy"),
            "Delete removes the logs with the cluster; Retain is allowed",
            "logs",
        )
