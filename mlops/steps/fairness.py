"""Whether a model serves each subgroup equally well."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlops.inference.contract import Band, Contract, Subgroup
from mlops.inference.model import Array
from mlops.steps import metrics
from mlops.steps.table import Table

SMALLEST_GROUP = 10
"""Cases (for recall) or others (for specificity) below which a gap says nothing."""


def members(contract: Contract, subgroup: Subgroup, band: Band, values: Array) -> NDArray[np.bool_]:
    """Tell which records are in a band; gaps are in none."""
    column = values[:, contract.index[subgroup.column]]
    return np.asarray((column >= band.low) & (column < band.high))


def groups(
    contract: Contract, test: Table, scores: Array, threshold: float
) -> list[dict[str, Any]]:
    """Return the table of subgroups: the measures of each band."""
    rows = []
    for subgroup in contract.subgroups:
        for band in subgroup.bands:
            inside = members(contract, subgroup, band, test.values)
            measures = metrics.measure(scores[inside], test.labels[inside], threshold)
            compared = measures["cases"] >= SMALLEST_GROUP
            rows.append(
                {"group": subgroup.name, "band": band.name, **measures, "compared": compared}
            )
    return rows


def largest_gap(rows: list[dict[str, Any]], measure: str = "recall") -> float:
    """Return the largest difference between bands of a subgroup that have cases enough.

    NaN when no subgroup has two such bands.
    """
    gaps = []
    for group in {row["group"] for row in rows}:
        values = [r[measure] for r in rows if r["group"] == group and r["compared"]]
        if len(values) > 1:
            gaps.append(max(values) - min(values))
    return max(gaps, default=math.nan)


def bias(contract: Contract, test: Table, said: NDArray[np.bool_]) -> dict[str, Any]:
    """Return post-training bias in the layout and with the names of SageMaker Clarify.

    Each band is compared with all other records of its subgroup:
    https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-measure-post-training-bias.html
    """
    facets: dict[str, Any] = {}
    for subgroup in contract.subgroups:
        facets[subgroup.name] = []
        for band in subgroup.bands:
            inside = members(contract, subgroup, band, test.values)
            here, rest = _rates(test, said, inside), _rates(test, said, ~inside)
            values = [
                ("DPPL", "Difference in positive proportions", rest["positive"] - here["positive"]),
                ("RD", "Recall difference", rest["recall"] - here["recall"]),
                ("SD", "Specificity difference", rest["specificity"] - here["specificity"]),
                ("AD", "Accuracy difference", rest["accuracy"] - here["accuracy"]),
            ]
            measured = [{"name": n, "description": d, "value": v} for n, d, v in values]
            facets[subgroup.name].append({"value_or_threshold": band.name, "metrics": measured})
    label = {"label": contract.target, "label_value_or_threshold": "1", "facets": facets}
    return {"version": "1.0", "post_training_bias_metrics": label}


def _rates(test: Table, said: NDArray[np.bool_], inside: NDArray[np.bool_]) -> dict[str, float]:
    labels, answers = test.labels[inside], said[inside]
    cases = int(labels.sum())
    return {
        "positive": metrics.ratio(int(answers.sum()), len(labels)),
        "recall": metrics.ratio(int((answers & (labels == 1)).sum()), cases),
        "specificity": metrics.ratio(int((~answers & (labels == 0)).sum()), len(labels) - cases),
        "accuracy": metrics.ratio(int((answers == (labels == 1)).sum()), len(labels)),
    }
