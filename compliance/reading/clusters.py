"""Configurations of AWS ParallelCluster inside its custom resource.

https://docs.aws.amazon.com/parallelcluster/latest/ug/cluster-configuration-file-v3.html
"""

from collections.abc import Iterator
from typing import Any

from compliance.reading.checks import look, objects
from compliance.reading.documents import parsed
from compliance.resources import Resource

CLUSTER = "Custom::PclusterCluster"
Part = tuple[str, dict[str, Any]]
"""Where a part of the configuration stands, and the part."""


def configuration(cluster: Resource) -> dict[str, Any]:
    """Return the configuration, whether it is an object, JSON or YAML."""
    found: dict[str, Any] = parsed(
        cluster.get("ClusterConfiguration", default={}), "ClusterConfiguration"
    )
    return found


def nodes(config: dict[str, Any]) -> Iterator[Part]:
    """Yield the head node, the login pools and the queues."""
    yield "HeadNode", look(config, "HeadNode", {})
    for pool in objects(config, "LoginNodes.Pools"):
        yield f"LoginNodes.{pool.get('Name')}", pool
    yield from queues(config)


def queues(config: dict[str, Any]) -> Iterator[Part]:
    """Yield the Slurm queues."""
    for queue in objects(config, "Scheduling.SlurmQueues"):
        yield f"SlurmQueues.{queue.get('Name')}", queue


def storages(config: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the shared storages: where, which kind, and its settings."""
    for storage in objects(config, "SharedStorage"):
        kind = str(storage.get("StorageType"))
        yield f"SharedStorage.{storage.get('Name')}", kind, look(storage, f"{kind}Settings", {})
