"""EFA nodes stand close together, and only types that can are asked to."""

from collections.abc import Iterator

from hpc import instances
from hpc.validation.context import (
    Context,
    Yaml,
    compute_resources,
    get,
    on,
    subnet_ids,
    types_of,
)
from hpc.validation.findings import Finding


def placement(config: Yaml, _: Context) -> Iterator[Finding]:
    """Refuse EFA without a placement group, and placement groups that AWS refuses."""
    for path, queue, resource in compute_resources(config):
        key = (*path[:3], "Networking", "PlacementGroup", "Enabled")
        group = get(queue, "Networking", "PlacementGroup") or {}
        own = get(resource, "Networking", "PlacementGroup") or {}
        named = any(part.get("Name") or part.get("Id") for part in (group, own))
        enabled = on(own.get("Enabled", group.get("Enabled"))) or named
        reserved = queue.get("CapacityType") == "CAPACITY_BLOCK" or resource.get(
            "CapacityReservationTarget"
        )
        if on(get(resource, "Efa", "Enabled")) and not enabled and not reserved:
            yield Finding(
                key, "EFA nodes far apart lose what EFA gives; true is allowed", "placement"
            )
        if enabled and len(subnet_ids(queue)) > 1:
            yield Finding(
                key, "a placement group is in one zone; one subnet is allowed", "placement"
            )
        for _key, kind in types_of(path, resource):
            known = instances.facts(kind)
            if enabled and known and not known.placement_group:
                yield Finding(
                    key, f"{kind} takes no placement group; false is allowed", "placement"
                )
