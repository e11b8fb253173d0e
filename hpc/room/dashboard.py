"""The dashboard's body: nodes, waiting jobs and cost by queue."""

from typing import Any

from hpc.room.watched import Watched
from hpc.runtime.watch import NAMESPACE

ROWS = (
    ("WaitingJobs", "Jobs that wait", "Maximum", 300),
    ("BusyNodes", "Nodes at work", "Average", 300),
    ("IdleNodes", "Nodes that do nothing", "Average", 300),
    ("BrokenNodes", "Nodes that are down", "Maximum", 300),
    ("NodeHours", "Node hours a day", "Sum", 86_400),
    ("Cost", "USD a day, where a price is known", "Sum", 86_400),
)
WIDTH, HEIGHT = 8, 6
IN_A_LINE = 24 // WIDTH


def body(watched: Watched, *, region: str) -> dict[str, Any]:
    """Return the dashboard as CloudWatch takes it."""
    widgets: list[dict[str, Any]] = []
    for cluster in watched.clusters:
        names = [queue.name for queue in cluster.queues]
        for metric, title, statistic, period in ROWS:
            lines: list[list[str]] = [
                [NAMESPACE, metric, "Cluster", cluster.name, "Queue", name] for name in names
            ]
            title_of = f"{cluster.name}: {title}"
            widgets.append(_widget(title_of, lines, statistic, period, region))
    if watched.batch_queues:
        lines = [[NAMESPACE, "WaitingJobs", "BatchQueue", name] for name in watched.batch_queues]
        widgets.append(_widget("AWS Batch: jobs that wait", lines, "Maximum", 300, region))
    stopped = [[NAMESPACE, "SpendingStopped"]]
    widgets.append(_widget("Spot and GPU nodes stopped", stopped, "Maximum", 300, region))
    for index, widget in enumerate(widgets):
        row, column = divmod(index, IN_A_LINE)
        widget |= {"x": column * WIDTH, "y": row * HEIGHT}
    return {"widgets": widgets}


def _widget(
    title: str, metrics: list[list[str]], statistic: str, period: int, region: str
) -> dict[str, Any]:
    return {
        "type": "metric",
        "width": WIDTH,
        "height": HEIGHT,
        "properties": {
            "title": title,
            "region": region,
            "metrics": metrics,
            "stat": statistic,
            "period": period,
            "view": "timeSeries",
        },
    }
