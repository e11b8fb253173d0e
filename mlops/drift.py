"""Drift of a model's inputs against the training part: PSI says how much, KS how surely.

A column has drifted when its population stability index passes a limit AND a two-sample
Kolmogorov-Smirnov test rejects "same distribution". The test's level is divided by the number of
columns (Bonferroni), so a whole check alarms falsely at most at `error_rate`, one in a hundred.
PSI limits of 0.1 (watch) and 0.25 (act) are the customary ones of credit scoring.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import kolmogorov

Array = NDArray[np.float64]
WATCH = 0.1
ACT = 0.25
ERROR_RATE = 0.01
SMALLEST_SAMPLE = 100
"""Below this many records PSI is mostly chance: its expectation is about bins / records."""
_BINS = 10
_QUANTILES = 401
_FLOOR = 1e-4


class DriftError(ValueError):
    """A check cannot be made: one sentence."""


def baseline(names: Sequence[str], values: Array) -> dict[str, Any]:
    """Describe columns for later checks; `values` has shape (records, columns), gaps NaN.

    Only quantiles and shares are kept, no record.
    """
    columns = {}
    for name, column in zip(names, values.T, strict=True):
        present = column[~np.isnan(column)]
        edges = np.unique(np.quantile(present, np.linspace(0, 1, _BINS + 1)[1:-1]))
        columns[name] = {
            "edges": edges.tolist(),
            "shares": _shares(column, edges).tolist(),
            "quantiles": np.quantile(present, np.linspace(0, 1, _QUANTILES)).tolist(),
            "count": len(present),
        }
    return {"version": 1, "records": len(values), "columns": columns}


@dataclass(frozen=True, kw_only=True)
class ColumnDrift:
    """The verdict on one column."""

    name: str
    psi: float
    ks: float
    p_value: float
    drifted: bool

    @property
    def verdict(self) -> str:
        """Drifted, watch or stable."""
        if self.drifted:
            return "drifted"
        return "watch" if self.psi > WATCH else "stable"


def check(
    described: Mapping[str, Any],
    names: Sequence[str],
    values: Array,
    *,
    error_rate: float = ERROR_RATE,
    act: float = ACT,
) -> list[ColumnDrift]:
    """Judge each column of a sample against a baseline.

    Raises DriftError when the sample is too small or lacks a column of the baseline.
    """
    if len(values) < SMALLEST_SAMPLE:
        raise DriftError(f"{len(values)} records were given, at least {SMALLEST_SAMPLE} are needed")
    columns = described["columns"]
    if missing := [name for name in columns if name not in names]:
        raise DriftError(f"column {missing[0]}: missing in the sample, the baseline has it")
    level = error_rate / len(columns)
    found = []
    for name, base in columns.items():
        column = values[:, list(names).index(name)]
        index = psi(np.asarray(base["shares"]), _shares(column, np.asarray(base["edges"])))
        distance, p_value = ks(np.asarray(base["quantiles"]), base["count"], column)
        drifted = index > act and p_value < level
        found.append(
            ColumnDrift(name=name, psi=index, ks=distance, p_value=p_value, drifted=drifted)
        )
    return found


def psi(expected: Array, actual: Array) -> float:
    """Return the population stability index of two vectors of shares."""
    wanted, given = np.maximum(expected, _FLOOR), np.maximum(actual, _FLOOR)
    return float(np.sum((given - wanted) * np.log(given / wanted)))


def ks(quantiles: Array, count: int, sample: Array) -> tuple[float, float]:
    """Return the KS distance and its asymptotic p-value; `count` records gave the quantiles."""
    present = np.sort(sample[~np.isnan(sample)])
    if not len(present):
        return 1.0, 0.0
    points = np.concatenate([quantiles, present])
    ours = np.searchsorted(quantiles, points, side="right") / len(quantiles)
    theirs = np.searchsorted(present, points, side="right") / len(present)
    distance = float(np.max(np.abs(ours - theirs)))
    size = count * len(present) / (count + len(present))
    return distance, float(kolmogorov(np.sqrt(size) * distance))


def _shares(column: Array, edges: Array) -> Array:
    """Return the share of records in each bin; the last bin holds the gaps."""
    present = column[~np.isnan(column)]
    counts = np.bincount(np.searchsorted(edges, present), minlength=len(edges) + 1)
    return np.append(counts, len(column) - len(present)) / max(1, len(column))
