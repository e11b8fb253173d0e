"""The monitoring step for the model itself: captured answers against what turned out to be true.

Recall and specificity, overall and in each subgroup, are held against those of the evaluation by
which the version was registered. It ends well when they have degraded; `count` in quality.json is
what the pipeline decides by.
"""

from dataclasses import asdict
from typing import Any

import numpy as np

from mlops import quality
from mlops.inference.model import Array
from mlops.steps import capture, plots
from mlops.steps.container import Container, StepError, number, read_json, write_json
from mlops.steps.evaluate import finite
from mlops.steps.fairness import groups
from mlops.steps.metrics import measure
from mlops.steps.table import Table

SMALLEST_SAMPLE = 100
"""Records with known truth below which nothing is said."""


def run(container: Container) -> None:
    """Write quality.json and a chart; raises StepError when too little truth is known."""
    contract = container.contract
    evaluation = read_json(container.input("evaluation") / "evaluation.json")
    exchanges = capture.exchanges(container.input("captured"), contract)
    joined, scores = join(exchanges, capture.truth(container.input("truth")))
    threshold = evaluation["model"]["threshold"]
    overall = measure(scores, joined.labels, threshold)
    rows = groups(contract, joined, scores, threshold)
    named = [("all", overall), *((f"{r['group']} {r['band']}", r) for r in rows)]
    rate = number(container.environment, "ERROR_RATE", str(quality.ERROR_RATE))
    found = quality.compare(_then(evaluation), _shares(named), error_rate=rate)
    degraded = [one.name for one in found if one.degraded]
    folder = container.output("quality")
    report = {
        "requests": len(exchanges),
        "records": len(joined),
        "error_rate": rate,
        "degraded": degraded,
        "count": len(degraded),
        "sentence": quality.sentence(found, len(joined)),
        "overall": overall,
        "subgroups": rows,
        "comparisons": [asdict(one) for one in found],
    }
    write_json(folder / "quality.json", finite(report))
    dots = [
        (f"{name} ({row['cases']})", row["recall"], row["recall_low"], row["recall_high"])
        for name, row in named
        if row["cases"]
    ]
    chart = plots.intervals("Recall in use (cases), 95% interval", dots, unit="recall")
    (folder / "quality.svg").write_text(chart, encoding="utf-8")


def join(exchanges: list[capture.Exchange], truth: dict[str, list[int]]) -> tuple[Table, Array]:
    """Return the records whose truth is known, and their scores.

    Raises StepError when they are too few, or when truth has another number of records than its
    request.
    """
    kept = [exchange for exchange in exchanges if exchange.id in truth]
    records = sum(len(exchange.rows) for exchange in kept)
    if records < SMALLEST_SAMPLE:
        raise StepError(
            f"input truth: it tells of {records} captured records, {SMALLEST_SAMPLE} are needed"
        )
    for exchange in kept:
        if len(truth[exchange.id]) != len(exchange.rows):
            raise StepError(
                f"input truth: {len(truth[exchange.id])} values were given for a request of "
                f"{len(exchange.rows)} records"
            )
    labels = [label for exchange in kept for label in truth[exchange.id]]
    table = Table(
        identifiers=tuple(exchange.id for exchange in kept for _ in exchange.rows),
        values=np.concatenate([exchange.rows for exchange in kept]),
        labels=np.asarray(labels, dtype=np.int64),
    )
    return table, np.concatenate([exchange.scores for exchange in kept])


def _then(evaluation: dict[str, Any]) -> dict[str, quality.Share]:
    matrix = evaluation["binary_classification_metrics"]["confusion_matrix"]
    confusion = [[matrix[true][said] for said in "01"] for true in "01"]
    rows = [(f"{row['group']} {row['band']}", row) for row in evaluation["subgroups"]]
    return _shares([("all", {"confusion": confusion}), *rows])


def _shares(rows: list[tuple[str, dict[str, Any]]]) -> dict[str, quality.Share]:
    found = {}
    for name, row in rows:
        (true_no, false_yes), (false_no, true_yes) = row["confusion"]
        found[f"recall of {name}"] = (true_yes, true_yes + false_no)
        found[f"specificity of {name}"] = (true_no, true_no + false_yes)
    return found
