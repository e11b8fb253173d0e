"""What a cluster costs while nobody uses it: the nodes that always run, and storage."""

import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from infra.config.hpc import Cluster, Engine
from infra.config.hpc_storage import LustreKind

PRICES = Path(__file__).parent / "prices.toml"
HOURS = 730
"""Of a month, as AWS counts them."""
ZONES = 2
"""The accounting database has a standby."""
FREE_IOPS = {"gp3": 3000, "io2": 0}


class Price(NamedTuple):
    """USD for a unit, where that was read and when."""

    usd: float
    source: str
    date: date


class Item(NamedTuple):
    """A line of the bill. Without a price it is unknown, not free."""

    name: str
    amount: float
    kind: str
    key: str
    price: Price | None

    @property
    def monthly_usd(self) -> float:
        """USD a month; 0 when no price is known."""
        return self.amount * self.price.usd if self.price else 0.0

    def __str__(self) -> str:
        if self.price is None:
            return f"  {self.name:<44} no price known ({self.kind}.{self.key})"
        source = f"{self.price.source}, {self.price.date}"
        return f"  {self.name:<44} {self.monthly_usd:10.2f} USD ({source})"


class Prices:
    """A price file: `[region.kind] key = {usd, source, date}`."""

    def __init__(self, path: Path = PRICES) -> None:
        """Read a file. Raises ValueError with a sentence when it is not one of prices."""
        try:
            self._prices = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ValueError(f"{path}: is not a price file: {error}") from None
        self._path = path

    def find(self, region: str, kind: str, key: str) -> Price | None:
        """Return a price. Raises ValueError when it names no source or date."""
        entry: Any = self._prices.get(region, {}).get(kind, {}).get(key)
        if entry is None:
            return None
        try:
            return Price(float(entry["usd"]), str(entry["source"]), entry["date"])
        except (KeyError, TypeError, ValueError):
            raise ValueError(
                f"{self._path}: {region}.{kind}.{key}: usd, source and date are required"
            ) from None


def idle(cluster: Cluster, *, region: str, prices: Prices) -> list[Item]:
    """Return what a month costs with every queue at its minimum, line by line."""
    return [
        Item(name, amount, kind, key, prices.find(region, kind, key))
        for name, amount, kind, key in (*_nodes(cluster), *_storage(cluster))
    ]


def notes(clusters: Iterable[Cluster], *, region: str) -> Iterator[str]:
    """Yield the cost at rest of each cluster in one line, for those who did not ask."""
    prices = Prices()
    for cluster in clusters:
        items = idle(cluster, region=region, prices=prices)
        known = sum(item.monthly_usd for item in items)
        unknown = [item.name for item in items if item.price is None]
        rest = f", and without a known price: {', '.join(unknown)}" if unknown else ""
        yield f"cluster {cluster.name} at rest: {known:.0f} USD a month{rest}"


def summary(items: list[Item]) -> str:
    """Return the bill as text, a line an item, with a sum of what is known."""
    known = sum(item.monthly_usd for item in items)
    unknown = sum(item.price is None for item in items)
    rest = f", and {unknown} without a price" if unknown else ""
    total = f"  {'a month at rest':<44} {known:10.2f} USD{rest}"
    return "\n".join([*map(str, items), total])


def _nodes(cluster: Cluster) -> Iterator[tuple[str, float, str, str]]:
    if cluster.engine is Engine.PCS:
        yield "AWS PCS controller", HOURS, "pcs_hour", "SMALL"
    else:
        head = cluster.head_node
        yield f"head node {head.instance_type}", HOURS, "instance_hour", head.instance_type
        yield from _volume("head node's root volume", head.root_kind, head.root_gib, head.root_iops)
    for pool in cluster.login_nodes:
        if pool.count:
            yield (
                f"{pool.count} login node {pool.instance_type}",
                HOURS * pool.count,
                "instance_hour",
                pool.instance_type,
            )
    for queue in cluster.queues:
        if queue.min_nodes:
            kind = queue.instance_types[0]
            name = f"queue {queue.name}: {queue.min_nodes} always running {kind}"
            yield name, HOURS * queue.min_nodes, "instance_hour", kind


def _storage(cluster: Cluster) -> Iterator[tuple[str, float, str, str]]:
    for block in cluster.storage.block:
        yield from _volume(f"volume {block.name}", block.kind, block.size_gib, block.iops)
    for lustre in cluster.storage.lustre:
        persistent = lustre.kind is LustreKind.PERSISTENT_2
        key = str(lustre.throughput) if persistent else "scratch"
        name = f"Lustre {lustre.name}: {lustre.size_gib} GiB"
        yield name, lustre.size_gib, "lustre_gib_month", key
    database = cluster.accounting
    if database and database.database == "own" and cluster.engine is Engine.PARALLELCLUSTER:
        name = f"accounting database {database.instance_class}, {ZONES} zones"
        yield name, HOURS * ZONES, "database_hour", database.instance_class
        size = database.size_gib * ZONES
        yield "accounting database's volumes", size, "storage_gib_month", "rds_gp3"


def _volume(name: str, kind: str, size: int, iops: int) -> Iterator[tuple[str, float, str, str]]:
    yield f"{name}: {size} GiB {kind}", size, "storage_gib_month", kind
    paid = iops - FREE_IOPS[kind]
    if paid > 0:
        yield f"{name}: {paid} IOPS", paid, "iops_month", kind
