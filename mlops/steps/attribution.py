"""Drift of explanations: whether the model in use decides by the columns that it did in training.

The measure is that of SageMaker Model Monitor, the normalised discounted cumulative gain of the
ranking in use with the baseline's attributions as gains, and so is its limit of 0.90:
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-model-monitor-feature-attribution-drift.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlops.inference.model import Array, Model
from mlops.steps import shapley
from mlops.steps.container import StepError

LIMIT = 0.90
BACKGROUND = 100
MOST_RECORDS = 500
"""Captured records that are explained at most; boosted trees take about a second for them."""


@dataclass(frozen=True, kw_only=True)
class AttributionDrift:
    """Mean sizes of the Shapley values by column, in log-odds, in training and in use."""

    ndcg: float
    records: int
    then: dict[str, float]
    now: dict[str, float]

    @property
    def drifted(self) -> bool:
        """Whether the ranking in use is too far from the baseline's."""
        return self.ndcg < LIMIT

    @property
    def sentence(self) -> str:
        """Say how far the explanations lie from the baseline."""
        first, before = (max(one, key=one.__getitem__) for one in (self.now, self.then))
        return f"NDCG of the explanations {self.ndcg:.3f}, led by {first}, in training by {before}"

    def to_json(self) -> dict[str, Any]:
        """Return what drift.json says of the explanations."""
        return {
            "ndcg": self.ndcg,
            "limit": LIMIT,
            "records": self.records,
            "drifted": self.drifted,
            "columns": [
                {"name": name, "baseline": value, "in_use": self.now[name]}
                for name, value in self.then.items()
            ],
        }


def check(
    model: Model,
    values: Array,
    *,
    names: tuple[str, ...],
    explanation: Mapping[str, Any],
    described: Mapping[str, Any],
    seed: int,
) -> AttributionDrift:
    """Explain a sample of records, and hold their attributions against those of the Explain step.

    `values` has shape (records, columns) with gaps NaN, `explanation` is explanation.json and
    `described` baseline.json. Raises StepError when the two do not tell of every column.
    """
    random = np.random.default_rng(seed)
    then = _baseline(explanation, names)
    chosen = random.choice(len(values), min(MOST_RECORDS, len(values)), replace=False)
    found = shapley.explain(model, values[chosen], background(described, names, random))
    now = np.abs(found.values).mean(axis=0)
    return AttributionDrift(
        ndcg=ndcg(np.asarray([then[name] for name in names]), now),
        records=len(chosen),
        then=then,
        now=dict(zip(names, now.tolist(), strict=True)),
    )


def background(
    described: Mapping[str, Any], names: tuple[str, ...], random: np.random.Generator
) -> Array:
    """Return made-up records whose columns are spread like those of the training part.

    The baseline keeps no record, and a job that sees captures may need none. Columns are drawn
    one by one. Raises StepError when the baseline lacks a column.
    """
    rows = np.full((BACKGROUND, len(names)), np.nan)
    for place, name in enumerate(names):
        if name not in described["columns"]:
            raise StepError(f"input baseline: baseline.json: column {name} is missing")
        column = described["columns"][name]
        quantiles = np.asarray(column["quantiles"])
        # The last share is that of gaps.
        present = BACKGROUND - round(BACKGROUND * column["shares"][-1])
        spread = (np.arange(present) + 0.5) / max(1, present) * (len(quantiles) - 1)
        rows[:present, place] = quantiles[np.round(spread).astype(np.int64)]
        rows[:, place] = random.permutation(rows[:, place])
    return rows


def ndcg(then: Array, now: Array) -> float:
    """Return how well the order of `now` ranks the gains `then`; 1 is the baseline's own order.

    Both hold an attribution of at least 0 for each column. Columns level in `now` share their gain.
    """
    discount = 1.0 / np.log2(np.arange(len(then)) + 2.0)
    levels: NDArray[np.int64] = np.unique(-now, return_inverse=True)[1]
    shared = np.bincount(levels, weights=then) / np.bincount(levels)
    return float(shared[np.sort(levels)] @ discount / (np.sort(then)[::-1] @ discount))


def _baseline(explanation: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, float]:
    """Return the attributions of the Explain step."""
    where = "input explanation: explanation.json"
    try:
        told = explanation["explanations"]["shapley"]["label0"]["global_shap_values"]
    except (KeyError, TypeError):
        raise StepError(f"{where}: it has no global Shapley values") from None
    if missing := [name for name in names if name not in told]:
        raise StepError(f"{where}: column {missing[0]} is missing")
    found = {name: float(told[name]) for name in names}
    if not any(found.values()):
        raise StepError(f"{where}: every attribution is zero, so there is no order to compare with")
    return found
