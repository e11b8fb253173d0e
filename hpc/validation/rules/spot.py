"""Spot takes nodes away at any time: never from jobs that cannot be repeated."""

from collections.abc import Iterator

from hpc import instances
from hpc.validation.context import Context, Yaml, compute_resources, on, rows, types_of
from hpc.validation.findings import Finding

MARK = "uninterruptible"
USAGE = {"SPOT": "spot", "CAPACITY_BLOCK": "capacity-block"}


def spot(config: Yaml, _: Context) -> Iterator[Finding]:
    """Refuse Spot for queues marked uninterruptible, and for types that are not sold that way."""
    for path, queue, resource in compute_resources(config):
        key = (*path[:3], "CapacityType")
        capacity = str(queue.get("CapacityType", "ONDEMAND"))
        marked = any(
            row.get("Key") == MARK and on(row.get("Value")) for _, row in rows(queue, "Tags")
        )
        if capacity == "SPOT" and marked:
            yield Finding(
                key, f"SPOT ends jobs that are marked {MARK}; ONDEMAND is allowed", "spot"
            )
        for _key, kind in types_of(path, resource):
            known = instances.facts(kind)
            if known and capacity in USAGE and USAGE[capacity] not in known.usage:
                yield Finding(
                    key,
                    f"{kind} is not sold as {capacity}; allowed are "
                    + ", ".join(sorted(known.usage)),
                    "spot",
                )
