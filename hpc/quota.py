"""How many vCPUs of each EC2 quota a cluster could use at once."""

from collections import defaultdict
from typing import NamedTuple

from hpc import instances
from infra.config.hpc import Capacity, Cluster


class Need(NamedTuple):
    """vCPUs of one quota; `on_spot` tells the two quotas of a group of families apart."""

    quota: str
    on_spot: bool
    at_rest: int
    at_most: int

    @property
    def name(self) -> str:
        """The quota's name in Service Quotas."""
        if self.on_spot:
            return f"All {self.quota} Spot Instance Requests"
        return f"Running On-Demand {self.quota} instances"


def needs(cluster: Cluster) -> list[Need]:
    """Return what a cluster needs, by quota. Reserved nodes count as on demand, as AWS counts them.

    Capacity blocks count against no vCPU quota.
    """
    rest: dict[tuple[str, bool], int] = defaultdict(int)
    most: dict[tuple[str, bool], int] = defaultdict(int)
    always = [(cluster.head_node.instance_type, 1)]
    always += [(pool.instance_type, pool.count) for pool in cluster.login_nodes]
    for kind, count in always:
        if known := instances.facts(kind):
            rest[known.quota, False] += known.vcpus * count
            most[known.quota, False] += known.vcpus * count
    for queue in cluster.queues:
        known_types = [each for each in map(instances.facts, queue.instance_types) if each]
        if not known_types or queue.capacity is Capacity.CAPACITY_BLOCK:
            continue
        largest = max(known_types, key=lambda each: each.vcpus)
        place = (largest.quota, queue.capacity is Capacity.SPOT)
        rest[place] += largest.vcpus * queue.min_nodes
        most[place] += largest.vcpus * queue.max_nodes
    return [Need(quota, spot, rest[quota, spot], most[quota, spot]) for quota, spot in sorted(most)]
