"""What rules know besides the configuration, and safe ways through a configuration.

A bare YAML may hold anything anywhere; whatever has not the expected shape is read as absent here
and refused by the vendor's schema.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hpc.surroundings import Subnet
from hpc.validation.findings import KeyPath

Yaml = Mapping[str, Any]


@dataclass(frozen=True)
class Context:
    """Where the cluster is to be."""

    region: str
    cluster_name: str
    subnets: Mapping[str, Subnet] = field(default_factory=dict)
    """By id. A subnet that is not here is of unknown size and zone."""
    production: bool = True


def table(node: Any, *keys: str) -> dict[str, Any]:
    """Return the table under keys; empty when there is none."""
    value = get(node, *keys)
    return value if isinstance(value, dict) else {}


def get(node: Any, *keys: str) -> Any:
    """Return the value under keys; None when there is none."""
    for key in keys:
        node = node.get(key) if isinstance(node, Mapping) else None
    return node


def rows(node: Any, *keys: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the tables of the list under keys, with their index."""
    value = get(node, *keys)
    for index, row in enumerate(value if isinstance(value, list) else ()):
        if isinstance(row, dict):
            yield index, row


def queues(config: Yaml) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
    """Yield every queue with its keys."""
    for index, queue in rows(config, "Scheduling", "SlurmQueues"):
        yield ("Scheduling", "SlurmQueues", index), queue


def compute_resources(
    config: Yaml,
) -> Iterator[tuple[KeyPath, dict[str, Any], dict[str, Any]]]:
    """Yield every compute resource with its keys and its queue."""
    for path, queue in queues(config):
        for index, resource in rows(queue, "ComputeResources"):
            yield (*path, "ComputeResources", index), queue, resource


def nodes(config: Yaml) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
    """Yield head node, login pools and queues: whatever has Networking and Iam."""
    if head := table(config, "HeadNode"):
        yield ("HeadNode",), head
    for index, pool in rows(config, "LoginNodes", "Pools"):
        yield ("LoginNodes", "Pools", index), pool
    yield from queues(config)


def instance_types(config: Yaml) -> Iterator[tuple[KeyPath, str]]:
    """Yield every instance type with the key that names it."""
    for path, node in nodes(config):
        if isinstance(kind := node.get("InstanceType"), str):
            yield (*path, "InstanceType"), kind
    for path, _, resource in compute_resources(config):
        yield from types_of(path, resource)


def types_of(path: KeyPath, resource: Yaml) -> Iterator[tuple[KeyPath, str]]:
    """Yield the instance types of a compute resource with their keys."""
    if isinstance(kind := resource.get("InstanceType"), str):
        yield (*path, "InstanceType"), kind
    for index, entry in rows(resource, "Instances"):
        if isinstance(kind := entry.get("InstanceType"), str):
            yield (*path, "Instances", index, "InstanceType"), kind


def subnet_ids(node: Yaml) -> list[str]:
    """Return the subnets that a node, pool or queue names."""
    networking = table(node, "Networking")
    several = networking.get("SubnetIds")
    found = several if isinstance(several, list) else [networking.get("SubnetId")]
    return [each for each in found if isinstance(each, str)]


def number(value: Any, default: int = 0) -> int:
    """Return a number, also where CloudFormation made text of it."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return default


def on(value: Any) -> bool:
    """Whether a switch is on, also where CloudFormation made text of it."""
    return str(value).lower() == "true"


def off(value: Any) -> bool:
    """Whether a switch is set and off."""
    return str(value).lower() == "false"
