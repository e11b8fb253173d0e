"""How long it takes to judge a cluster of six queues, cold and unchanged."""

import tempfile
import time
from pathlib import Path
from unittest.mock import patch

from bench.figure import Figure
from hpc.load import load_environment
from hpc.placeholders import surroundings
from hpc.validation import cache
from hpc.validation.check import check_cluster

CLUSTER = Path(__file__).parents[1] / "tests" / "hpc" / "good.toml"


def run() -> list[Figure]:
    """Judge the cluster twice, without earlier verdicts. Raises RuntimeError when it is refused."""
    config, table = load_environment(CLUSTER)
    cluster = table.clusters[0]
    place = surroundings(config, cluster)
    seconds = []
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.object(cache, "FOLDER", Path(folder)),
    ):
        for _ in range(2):
            begin = time.perf_counter()
            if check_cluster(cluster, place).refused:
                raise RuntimeError(f"{CLUSTER.name} was refused")
            seconds.append(time.perf_counter() - begin)
    name = f"HPC: judging {len(cluster.queues)} queues"
    return [
        Figure(name=f"{name}, cold", value=seconds[0], unit="s", limit=3.0),
        Figure(name=f"{name}, unchanged", value=seconds[1], unit="s", limit=0.1),
    ]
