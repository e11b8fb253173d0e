"""Rules on a description that its ParallelCluster configuration can no longer show.

Paths are keys of the environment file.
"""

from collections.abc import Iterator, Sequence

from hpc import instances
from hpc.validation.findings import Finding, KeyPath
from hpc.validation.rules.lustre import nearest_size
from infra.config.hpc import (
    Accounting,
    Actions,
    Capacity,
    Cluster,
    Engine,
    HeadNode,
    HpcConfig,
    LoginNodes,
    Queue,
)
from infra.config.hpc_storage import Lustre, LustreKind

SHORTEST_BACKUP = 7
"""Days; IRYO-FSX-BACKUP asks for the same."""


def judge(hpc: HpcConfig, *, production: bool) -> list[Finding]:
    """Return what is wrong with a description, by keys of the environment file."""
    found = list(_names(hpc))
    if production and hpc.budget is None:
        found.append(
            _finding(
                ("hpc", "budget"),
                "required in production; allowed is a table with monthly_usd",
                "budget",
            )
        )
    for index, cluster in enumerate(hpc.clusters):
        found += _cluster(("hpc", "clusters", index), cluster, production=production)
        found += _limits(("hpc", "clusters", index), hpc, cluster)
    return found


def _finding(path: KeyPath, message: str, source: str) -> Finding:
    return Finding(path, message, source)


def _names(hpc: HpcConfig) -> Iterator[Finding]:
    names = [cluster.name for cluster in hpc.clusters]
    for index, name in enumerate(names):
        if name in names[:index]:
            yield _finding(
                ("hpc", "clusters", index, "name"),
                f"{name!r} stands there twice; a name of its own is allowed",
                "names",
            )


def _cluster(path: KeyPath, cluster: Cluster, *, production: bool) -> Iterator[Finding]:
    if cluster.head_node.capacity is not Capacity.ON_DEMAND:
        yield _finding(
            (*path, "head_node", "capacity"),
            f"{cluster.head_node.capacity} may take the head node away with every running job; "
            "on_demand is allowed",
            "head_node",
        )
    if cluster.engine is Engine.PCS and cluster.directory:
        yield _finding(
            (*path, "directory"),
            "AWS PCS joins no directory by itself; the key must be absent, its nodes' image joins",
            "pcs",
        )
    if cluster.engine is Engine.PCS:
        yield from _without_head_node(path, cluster)
    names = [queue.name for queue in cluster.queues]
    for index, queue in enumerate(cluster.queues):
        if queue.name in names[:index]:
            yield _finding(
                (*path, "queues", index, "name"),
                f"{queue.name!r} stands there twice; a name of its own is allowed",
                "names",
            )
        yield from _queue((*path, "queues", index), queue)
    if cluster.accounting:
        yield from _accounting((*path, "accounting"), cluster.accounting)
    for index, lustre in enumerate(cluster.storage.lustre):
        yield from _lustre((*path, "storage", "lustre", index), lustre, production=production)


def _without_head_node(path: KeyPath, cluster: Cluster) -> Iterator[Finding]:
    """Refuse what AWS PCS would silently leave out."""
    if cluster.storage.block:
        yield _finding(
            (*path, "storage", "block"),
            "AWS PCS has no head node to share volumes from; the key must be absent, lustre and "
            "home are allowed",
            "pcs",
        )
    nodes: dict[str, Sequence[HeadNode | LoginNodes | Queue]] = {
        "head_node": (cluster.head_node,),
        "login_nodes": cluster.login_nodes,
        "queues": cluster.queues,
    }
    for key, several in nodes.items():
        if any(node.actions != Actions() for node in several):
            yield _finding(
                (*path, key),
                "AWS PCS runs no actions; they belong into the image and the key must be absent",
                "pcs",
            )
    if cluster.accounting and cluster.accounting.database == "existing":
        yield _finding(
            (*path, "accounting", "database"),
            'AWS PCS keeps accounts itself; "own" is allowed',
            "pcs",
        )


def _queue(path: KeyPath, queue: Queue) -> Iterator[Finding]:
    if queue.min_nodes > queue.max_nodes:
        yield _finding(
            (*path, "min_nodes"),
            f"{queue.min_nodes} is more than max_nodes; at most {queue.max_nodes} is allowed",
            "queue",
        )
    needs = queue.capacity in (Capacity.RESERVATION, Capacity.CAPACITY_BLOCK)
    if needs and not queue.reservation:
        yield _finding(
            (*path, "reservation"),
            f'required with capacity = "{queue.capacity}"; allowed is an id such as '
            "cr-0123456789abcdef0",
            "queue",
        )
    if queue.reservation and not needs:
        yield _finding(
            (*path, "reservation"),
            f'unused with capacity = "{queue.capacity}"; "reservation" or "capacity_block" are '
            "allowed there",
            "queue",
        )


def _accounting(path: KeyPath, accounting: Accounting) -> Iterator[Finding]:
    given = {key: getattr(accounting, key) for key in ("arn", "uri", "secret_arn")}
    for key, value in given.items():
        if accounting.database == "existing" and value is None:
            yield _finding((*path, key), 'required with database = "existing"', "accounting")
        if accounting.database == "own" and value is not None:
            yield _finding(
                (*path, key), 'unused with database = "own"; the key must be absent', "accounting"
            )


def _lustre(path: KeyPath, lustre: Lustre, *, production: bool) -> Iterator[Finding]:
    if near := nearest_size(lustre.size_gib):
        yield _finding(
            (*path, "size_gib"),
            f"{lustre.size_gib} is not sold; the nearest allowed is {near} (1200, 2400 or a "
            "multiple of 2400)",
            "lustre",
        )
    if lustre.kind is LustreKind.PERSISTENT_2 and lustre.throughput is None:
        yield _finding(
            (*path, "throughput"), "required; 125, 250, 500 or 1000 are allowed", "lustre"
        )
    if lustre.kind is LustreKind.SCRATCH_2:
        if production:
            yield _finding(
                (*path, "kind"),
                "scratch_2 takes no key of ours and loses files with a server; persistent_2 is "
                "allowed in production",
                "lustre",
            )
        if lustre.backup_days:
            yield _finding((*path, "backup_days"), "scratch has no backups; 0 is allowed", "lustre")
    if lustre.backup_days and lustre.repositories:
        yield _finding(
            (*path, "backup_days"),
            f"{lustre.backup_days}: AWS makes no backups of a file system that is linked to the "
            "lake; 0 is allowed, the lake keeps the data",
            "lustre",
        )
    if (
        lustre.kind is LustreKind.PERSISTENT_2
        and not lustre.repositories
        and lustre.backup_days < SHORTEST_BACKUP
    ):
        yield _finding(
            (*path, "backup_days"),
            f"{lustre.backup_days} for files that are in no bucket either; at least "
            f"{SHORTEST_BACKUP} is allowed",
            "lustre",
        )
    yield from _repositories(path, lustre)


def _repositories(path: KeyPath, lustre: Lustre) -> Iterator[Finding]:
    places: list[str] = []
    for index, repository in enumerate(lustre.repositories):
        for other in places:
            inner, outer = sorted((repository.path, other), key=len, reverse=True)
            if inner == outer or inner.startswith(f"{outer}/"):
                yield _finding(
                    (*path, "repositories", index, "path"),
                    f"{repository.path} collides with {other}; a path of its own is allowed",
                    "lustre",
                )
        places.append(repository.path)


def _limits(path: KeyPath, hpc: HpcConfig, cluster: Cluster) -> Iterator[Finding]:
    """Judge what all queues of a cluster may use at once against the limits of the budget."""
    if hpc.budget is None:
        return
    for unit, limit in (("vcpus", hpc.budget.max_vcpus), ("gpus", hpc.budget.max_gpus)):
        used = sum(largest(queue, unit) * queue.max_nodes for queue in cluster.queues)
        if limit is not None and used > limit:
            yield _finding(
                (*path, "queues"),
                f"{used} {unit} at their maximum are over hpc.budget.max_{unit}; smaller "
                f"max_nodes, {limit} {unit} together, are allowed",
                "budget",
            )


def largest(queue: Queue, unit: str) -> int:
    """Return the most `vcpus` or `gpus` that one node of a queue may have."""
    known = [instances.facts(kind) for kind in queue.instance_types]
    return max((int(getattr(each, unit)) for each in known if each), default=0)
