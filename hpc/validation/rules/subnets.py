"""A subnet has an address for every node that could run in it."""

from collections import defaultdict
from collections.abc import Iterator
from ipaddress import IPv4Network

from hpc import instances
from hpc.validation.context import (
    Context,
    Yaml,
    compute_resources,
    get,
    number,
    rows,
    subnet_ids,
    types_of,
)
from hpc.validation.findings import Finding, KeyPath

RESERVED = 5
"""https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html"""
DEFAULT_MAX = 10


def subnets(config: Yaml, context: Context) -> Iterator[Finding]:
    """Refuse queues that are larger than their subnets, alone or together.

    A node takes an address for each of its network cards: 32 of a p5.48xlarge.
    """
    free = {
        name: IPv4Network(subnet.cidr).num_addresses - RESERVED
        for name, subnet in context.subnets.items()
        if subnet.cidr
    }
    used: dict[str, int] = defaultdict(int)
    users: dict[str, list[str]] = defaultdict(list)
    for path, queue, resource in compute_resources(config):
        names = [name for name in subnet_ids(queue) if name in free]
        room = sum(free[name] for name in names)
        each = _addresses(path, resource)
        wanted = number(resource.get("MaxCount"), DEFAULT_MAX) * each
        if names and wanted > room:
            cards = f" of {each} addresses" if each > 1 else ""
            yield Finding(
                (*path, "MaxCount"),
                f"{wanted // each} nodes{cards} do not fit into {', '.join(names)} with {room} "
                f"free addresses; at most {room // each} are allowed",
                "subnets",
            )
        elif names:
            used[names[0]] += wanted
            users[names[0]].append(str(queue.get("Name")))
    yield from _together(config, free, used, users)


def _together(
    config: Yaml, free: dict[str, int], used: dict[str, int], users: dict[str, list[str]]
) -> Iterator[Finding]:
    head = str(get(config, "HeadNode", "Networking", "SubnetId"))
    used[head] += 1 + sum(
        number(row.get("Count")) for _, row in rows(config, "LoginNodes", "Pools")
    )
    for name, wanted in used.items():
        if name in free and wanted > free[name]:
            yield Finding(
                ("Scheduling", "SlurmQueues"),
                f"{', '.join(users[name])} and the other nodes need {wanted} addresses of {name}, "
                f"which has {free[name]}; smaller MaxCounts or a larger subnet are allowed",
                "subnets",
            )


def _addresses(path: KeyPath, resource: Yaml) -> int:
    cards = [
        instances.records()[kind]["NetworkInfo"]["MaximumNetworkCards"]
        for _, kind in types_of(path, resource)
        if kind in instances.records()
    ]
    return max(cards, default=1)
