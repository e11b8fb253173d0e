"""What the watch is told and what it warns of, as plain data."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hpc.costs import Prices
from hpc.room.batch_properties import has_gpu
from infra.config.hpc import Capacity, Cluster, Engine, HpcConfig, Queue

LONG_WAIT = 12
"""Periods of five minutes: an hour."""


@dataclass(frozen=True, kw_only=True)
class Watched:
    """Clusters with a head node of ours, Batch's queues, and what has to stop over the budget."""

    clusters: tuple[Cluster, ...] = ()
    region: str
    prices: Prices
    batch_queues: Sequence[str] = ()
    batch_limited: Sequence[str] = ()
    pcs_limited: Sequence[dict[str, Any]] = field(default_factory=list)


class Alarm(NamedTuple):
    """One alarm on a metric of the watch."""

    id: str
    about: str
    metric: str
    dimensions: dict[str, str]
    threshold: float
    periods: int
    statistic: str = "Maximum"
    comparison: str = "GreaterThanThreshold"
    missing: str = "notBreaching"


def with_head_nodes(hpc: HpcConfig) -> tuple[Cluster, ...]:
    """Return the clusters whose Slurm runs on a node that can be asked."""
    return tuple(each for each in hpc.clusters if each.engine is Engine.PARALLELCLUSTER)


def is_limited(queue: Queue) -> bool:
    """Whether a queue starts no job once the budget is used up: Spot, and GPUs not paid already."""
    if queue.capacity in (Capacity.RESERVATION, Capacity.CAPACITY_BLOCK):
        return False
    return queue.capacity is Capacity.SPOT or any(map(has_gpu, queue.instance_types))


def environment(watched: Watched) -> dict[str, Any]:
    """Return what `hpc.runtime.watch` reads."""
    return {
        "clusters": [
            {
                "name": cluster.name,
                "queues": [_queue(queue, watched) for queue in cluster.queues],
            }
            for cluster in watched.clusters
        ],
        "batch_queues": list(watched.batch_queues),
        "batch_limited": list(watched.batch_limited),
        "pcs_limited": list(watched.pcs_limited),
    }


def alarms(watched: Watched) -> Iterator[Alarm]:
    """Yield what somebody should be told of."""
    for cluster in watched.clusters:
        label = "".join(part.capitalize() for part in cluster.name.split("-"))
        dimensions = {"Cluster": cluster.name}
        idle = max(LONG_WAIT, 2 * (cluster.idle_minutes // 5))
        least = sum(queue.min_nodes for queue in cluster.queues)
        yield Alarm(
            f"{label}HeadNode",
            f"{cluster.name}: the head node does not answer",
            "HeadNodeAnswers",
            dimensions,
            1,
            3,
            statistic="Minimum",
            comparison="LessThanThreshold",
            missing="breaching",
        )
        yield Alarm(
            f"{label}BrokenNodes",
            f"{cluster.name}: nodes are down or do not answer",
            "BrokenNodes",
            dimensions,
            0,
            3,
        )
        yield Alarm(
            f"{label}IdleNodes",
            f"{cluster.name}: nodes are paid and do nothing for an hour",
            "IdleNodes",
            dimensions,
            least,
            idle,
            statistic="Minimum",
        )
        yield Alarm(
            f"{label}WaitingJobs",
            f"{cluster.name}: jobs wait for an hour",
            "WaitingJobs",
            dimensions,
            0,
            LONG_WAIT,
            statistic="Minimum",
        )
    for queue in watched.batch_queues:
        label = "".join(part.capitalize() for part in queue.split("-"))
        yield Alarm(
            f"{label}WaitingJobs",
            f"Batch queue {queue}: jobs wait for an hour",
            "WaitingJobs",
            {"BatchQueue": queue},
            0,
            LONG_WAIT,
            statistic="Minimum",
        )
    yield Alarm(
        "SpendingStopped",
        "No new Spot and GPU nodes: the budget is used up",
        "SpendingStopped",
        {},
        0,
        1,
    )


def _queue(queue: Queue, watched: Watched) -> dict[str, Any]:
    told: dict[str, Any] = {"name": queue.name, "limited": is_limited(queue)}
    price = watched.prices.find(watched.region, "instance_hour", queue.instance_types[0])
    return told | ({"usd": price.usd} if price else {})
