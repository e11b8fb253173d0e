"""EFA where the instance has it, and where several big GPU nodes are useless without it."""

from collections.abc import Iterator

from hpc import instances
from hpc.validation.context import (
    Context,
    Yaml,
    compute_resources,
    get,
    number,
    on,
    subnet_ids,
    types_of,
)
from hpc.validation.findings import Finding

DEFAULT_MAX = 10


def efa(config: Yaml, context: Context) -> Iterator[Finding]:
    """Refuse EFA on types without it or over two zones, and big GPU nodes without it."""
    for path, queue, resource in compute_resources(config):
        enabled = on(get(resource, "Efa", "Enabled"))
        key = (*path, "Efa", "Enabled")
        for _, kind in types_of(path, resource):
            known = instances.facts(kind)
            if known is None:
                continue
            if enabled and not known.efa:
                near = instances.smallest_with_efa(kind, region=context.region)
                allowed = f"the nearest type that has it is {near}" if near else "false is allowed"
                yield Finding(key, f"{kind} has no EFA; {allowed}", "efa")
            several = number(resource.get("MaxCount"), DEFAULT_MAX) > 1
            if not enabled and several and known.efa and _needs_efa(kind):
                yield Finding(
                    key,
                    f"{kind} nodes reach each other at full speed through EFA only; true is "
                    "allowed, or a MaxCount of 1",
                    "efa",
                )
        if enabled and len(subnet_ids(queue)) > 1:
            yield Finding(key, "EFA does not cross zones; one subnet is allowed", "efa")


def _needs_efa(kind: str) -> bool:
    """Whether a type has several network cards for its GPUs (p4d and up)."""
    record = instances.records()[kind]
    return "GpuInfo" in record and record["NetworkInfo"]["MaximumNetworkCards"] > 1
