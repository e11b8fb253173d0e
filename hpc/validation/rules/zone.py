"""Each of a queue's instance types is offered in the zone of each of its subnets."""

from collections.abc import Iterator

from hpc import instances
from hpc.validation.context import Context, Yaml, compute_resources, nodes, subnet_ids, types_of
from hpc.validation.findings import Finding, KeyPath


def zone(config: Yaml, context: Context) -> Iterator[Finding]:
    """Refuse a type in a zone that does not offer it."""
    for path, node in nodes(config):
        if isinstance(kind := node.get("InstanceType"), str):
            yield from _judge((*path, "InstanceType"), kind, subnet_ids(node), context)
    for path, queue, resource in compute_resources(config):
        for key, kind in types_of(path, resource):
            yield from _judge(key, kind, subnet_ids(queue), context)


def _judge(path: KeyPath, kind: str, subnets: list[str], context: Context) -> Iterator[Finding]:
    zones = instances.offers(context.region).get(kind, ())
    for subnet in subnets:
        known = context.subnets.get(subnet)
        if zones and known and known.zone and known.zone not in zones:
            yield Finding(
                path,
                f"{kind} is not offered in {known.zone}, the zone of subnet {subnet}; "
                f"allowed are {', '.join(zones)}",
                "zone",
            )
