"""Every five minutes: what queues do, as metrics, and no new Spot or GPU nodes over the budget.

Environment: `JOURNAL_TABLE`, and `WATCHED`, a JSON object:

    {"clusters": [{"name": ..., "queues": [{"name": ..., "limited": true, "usd": 1.2}]}],
     "batch_queues": [names], "batch_limited": [names of compute environments],
     "pcs_limited": [{"cluster": id, "group": id, "least": 0, "most": 8}]}

`limited` says that a queue starts no job once the budget is used up; `usd` is what a node costs an
hour, absent where no price is known.
"""

import json
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import boto3

from hpc.runtime.control import ClusterControl, Command, NotRunError
from hpc.runtime.spending import stopped

LOGGER = logging.getLogger(__name__)
logging.getLogger().setLevel(logging.INFO)
NAMESPACE = "Iryo/Hpc"
HOURS_BETWEEN = 5 / 60
MOST_AT_ONCE = 500
"""Metrics in one call: half of what CloudWatch takes."""
POLLS, POLL_SECONDS = 15, 2.0
Watched = Mapping[str, Any]
Metric = dict[str, Any]


class Queue(NamedTuple):
    """What a queue does at this moment."""

    name: str
    idle: int
    busy: int
    broken: int
    waiting: int


@lru_cache(maxsize=1)
def _clients() -> dict[str, Any]:
    make: Any = boto3.client
    return {name: make(name) for name in ("dynamodb", "ec2", "ssm", "cloudwatch", "batch", "pcs")}


def handler(_: Any, __: Any) -> None:
    """Watch once."""
    watched, clients = json.loads(os.environ["WATCHED"]), _clients()
    stop = stopped(clients["dynamodb"], os.environ["JOURNAL_TABLE"])
    hold_batch(clients["batch"], watched["batch_limited"], stop=stop)
    hold_pcs(clients["pcs"], watched["pcs_limited"], stop=stop)
    metrics = [metric("SpendingStopped", float(stop))]
    metrics += batch_metrics(clients["batch"], watched["batch_queues"])
    for cluster in watched["clusters"]:
        control = ClusterControl(
            cluster["name"],
            dynamodb=clients["dynamodb"],
            ec2=clients["ec2"],
            ssm=clients["ssm"],
        )
        metrics += cluster_metrics(cluster, ask(control, cluster, stop=stop))
    for start in range(0, len(metrics), MOST_AT_ONCE):
        clients["cloudwatch"].put_metric_data(
            Namespace=NAMESPACE, MetricData=metrics[start : start + MOST_AT_ONCE]
        )


def ask(
    control: ClusterControl,
    cluster: Watched,
    *,
    stop: bool,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Queue] | None:
    """Return what a cluster's queues do; None when its head node does not tell."""
    limited = " ".join(queue["name"] for queue in cluster["queues"] if queue["limited"])
    command = control.start("queues.sh", LIMITED=limited, STOPPED=str(int(stop)))
    if command is None:
        return None
    try:
        printed = _printed(control, command, sleep)
    except NotRunError as error:
        LOGGER.warning("cluster %s: %s", cluster["name"], error)
        return None
    return None if printed is None else list(read(printed))


def _printed(
    control: ClusterControl, command: Command, sleep: Callable[[float], None]
) -> str | None:
    for _ in range(POLLS):
        sleep(POLL_SECONDS)
        if (printed := control.output(command)) is not None:
            return printed
    return None


def read(printed: str) -> Iterator[Queue]:
    """Read what queues.sh prints; a line of another shape is passed over."""
    for line in printed.splitlines():
        name, *numbers = line.split() or [""]
        if len(numbers) == len(Queue._fields) - 1 and all(each.isdigit() for each in numbers):
            yield Queue(name, *(int(each) for each in numbers))


def cluster_metrics(cluster: Watched, queues: list[Queue] | None) -> list[Metric]:
    """Return a cluster's metrics: by queue, and all queues together."""
    name = cluster["name"]
    metrics = [metric("HeadNodeAnswers", float(queues is not None), Cluster=name)]
    prices = {queue["name"]: queue.get("usd") for queue in cluster["queues"]}
    for queue in queues or []:
        hours = (queue.idle + queue.busy) * HOURS_BETWEEN
        values = {**_numbers(queue), "NodeHours": hours}
        if (usd := prices.get(queue.name)) is not None:
            values["Cost"] = hours * usd
        for key, value in values.items():
            metrics.append(metric(key, value, Cluster=name, Queue=queue.name))
    if queues is not None:
        for key in _numbers(Queue("", 0, 0, 0, 0)):
            total = sum(_numbers(queue)[key] for queue in queues)
            metrics.append(metric(key, total, Cluster=name))
    return metrics


def _numbers(queue: Queue) -> dict[str, float]:
    return {
        "IdleNodes": queue.idle,
        "BusyNodes": queue.busy,
        "BrokenNodes": queue.broken,
        "WaitingJobs": queue.waiting,
    }


def batch_metrics(batch: Any, queues: list[str]) -> list[Metric]:
    """Return how many jobs of each queue could run but have no capacity."""
    metrics = []
    for queue in queues:
        pages = batch.get_paginator("list_jobs").paginate(jobQueue=queue, jobStatus="RUNNABLE")
        waiting = sum(len(page["jobSummaryList"]) for page in pages)
        metrics.append(metric("WaitingJobs", waiting, BatchQueue=queue))
    return metrics


def hold_batch(batch: Any, limited: list[str], *, stop: bool) -> None:
    """Let limited compute environments take new jobs or none; what runs, runs on."""
    wanted = "DISABLED" if stop else "ENABLED"
    if not limited:
        return
    answer = batch.describe_compute_environments(computeEnvironments=limited)
    for environment in answer["computeEnvironments"]:
        if environment["state"] != wanted and environment["status"] != "UPDATING":
            name = environment["computeEnvironmentName"]
            batch.update_compute_environment(computeEnvironment=name, state=wanted)
            LOGGER.info("compute environment %s: %s", name, wanted)


def hold_pcs(pcs: Any, limited: list[Mapping[str, Any]], *, stop: bool) -> None:
    """Let limited node groups of PCS grow or not; what runs, runs on until it is idle."""
    for each in limited:
        place = {
            "clusterIdentifier": each["cluster"],
            "computeNodeGroupIdentifier": each["group"],
        }
        found = pcs.get_compute_node_group(**place)["computeNodeGroup"]
        most = each["least"] if stop else each["most"]
        given = found["scalingConfiguration"]["maxInstanceCount"]
        if given != most and found["status"] == "ACTIVE":
            scaling = {"minInstanceCount": each["least"], "maxInstanceCount": most}
            pcs.update_compute_node_group(**place, scalingConfiguration=scaling)
            LOGGER.info("node group %s: at most %d", each["group"], most)


def metric(name: str, value: float, **dimensions: str) -> Metric:
    """Return one datum as CloudWatch takes it."""
    return {
        "MetricName": name,
        "Value": float(value),
        "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
    }
