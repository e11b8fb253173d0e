"""Measures of a yes/no model, with how sure they are."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlops.inference.model import Array

Labels = NDArray[np.int64]
_Z95 = 1.959964


def auc(scores: Array, labels: Labels) -> float:
    """Return the area under the ROC curve: the chance that a case scores above another record."""
    cases, others = int(labels.sum()), int((1 - labels).sum())
    if not cases or not others:
        return math.nan
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    total = float(ranks[labels == 1].sum())
    return (total - cases * (cases + 1) / 2) / (cases * others)


def auc_deviation(scores: Array, labels: Labels, seed: int, rounds: int = 200) -> float:
    """Return the standard deviation of the AUC over bootstrap samples of cases and others."""
    random = np.random.default_rng(seed)
    cases, others = np.flatnonzero(labels == 1), np.flatnonzero(labels == 0)
    found = []
    for _ in range(rounds):
        drawn = np.concatenate(
            [random.choice(cases, len(cases)), random.choice(others, len(others))]
        )
        found.append(auc(scores[drawn], labels[drawn]))
    return float(np.std(found))


def roc(scores: Array, labels: Labels) -> tuple[Array, Array]:
    """Return false and true positive rates, from (0, 0) to (1, 1)."""
    order = np.argsort(-scores, kind="stable")
    last = np.append(np.diff(scores[order]) != 0, True)
    true = np.cumsum(labels[order])[last] / max(1, labels.sum())
    false = np.cumsum(1 - labels[order])[last] / max(1, (1 - labels).sum())
    return np.append(0.0, false), np.append(0.0, true)


def threshold_for(scores: Array, labels: Labels, recall: float) -> float:
    """Return the highest threshold that finds at least this share of the cases."""
    cases = np.sort(scores[labels == 1])
    missed = math.floor((1 - recall) * len(cases) + 1e-9)
    return float(cases[min(missed, len(cases) - 1)])


def ratio(part: int, whole: int) -> float:
    """Return part / whole, NaN when there is nothing."""
    return part / whole if whole else math.nan


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Return the 95% interval of a share after Wilson (1927); (0, 1) when there is nothing."""
    if not whole:
        return 0.0, 1.0
    share, z2 = part / whole, _Z95**2
    centre = (share + z2 / (2 * whole)) / (1 + z2 / whole)
    half = _Z95 * math.sqrt(share * (1 - share) / whole + z2 / (4 * whole**2)) / (1 + z2 / whole)
    return max(0.0, centre - half), min(1.0, centre + half)


def calibration(scores: Array, labels: Labels, bins: int = 10) -> list[dict[str, float]]:
    """Return, for equally wide bins that hold records, count, mean score and share of cases."""
    place = np.minimum((scores * bins).astype(int), bins - 1)
    found = []
    for number in range(bins):
        inside = place == number
        if count := int(inside.sum()):
            mean, share = float(scores[inside].mean()), float(labels[inside].mean())
            found.append({"count": count, "score": mean, "cases": share})
    return found


def calibration_error(scores: Array, labels: Labels) -> float:
    """Return the expected calibration error: the mean gap between score and share of cases."""
    if not len(scores):
        return math.nan
    bins = calibration(scores, labels)
    return sum(b["count"] * abs(b["score"] - b["cases"]) for b in bins) / len(scores)


def brier(scores: Array, labels: Labels) -> float:
    """Return the mean squared distance between score and truth."""
    return float(np.mean((scores - labels) ** 2))


def measure(scores: Array, labels: Labels, threshold: float) -> dict[str, Any]:
    """Return counts and rates at a threshold; NaN where there is nothing to divide by."""
    said = scores >= threshold
    true, false = int((said & (labels == 1)).sum()), int((said & (labels == 0)).sum())
    cases = int(labels.sum())
    others = len(labels) - cases
    low, high = wilson(true, cases)
    return {
        "records": len(labels),
        "cases": cases,
        "auc": auc(scores, labels),
        "recall": ratio(true, cases),
        "recall_low": low,
        "recall_high": high,
        "specificity": ratio(others - false, others),
        "precision": ratio(true, true + false),
        "positive_rate": ratio(true + false, len(labels)),
        "calibration_error": calibration_error(scores, labels),
        "confusion": [[others - false, false], [cases - true, true]],
    }
