"""Regularised logistic regression by Newton's method, exact on one process or on many."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mlops.inference.model import Array, probability
from mlops.steps.collective import Collective
from mlops.steps.container import StepError

MOST_STEPS = 100
TOLERANCE = 1e-8


def logistic(
    rows: Array, labels: NDArray[np.int64], c: float, together: Collective
) -> tuple[Array, float]:
    """Return weights and bias minimising |w|²/2 + c · Σ loss over all processes' records.

    Each process holds its own rows; only gradients and curvatures are summed, so the result does
    not depend on how records are spread. Same objective as scikit-learn's LogisticRegression(C=c).
    Raises StepError when c is not positive or the search does not settle.
    """
    if not c > 0:
        raise StepError(f"hyperparameter c: {c:g} was given, a number above 0 is allowed")
    wide = np.column_stack([rows, np.ones(len(rows))])
    penalty = np.append(np.ones(rows.shape[1]), 0.0)
    found = np.zeros(wide.shape[1])

    def loss(at: Array) -> float:
        margin = wide @ at
        own = np.sum(np.logaddexp(0, margin) - labels * margin)
        return float(together.sum(np.asarray([c * own]))[0] + penalty @ at**2 / 2)

    for _ in range(MOST_STEPS):
        chance = probability(wide @ found)
        slope = together.sum(c * (wide.T @ (chance - labels))) + penalty * found
        curve = together.sum(c * (wide.T * (chance * (1 - chance))) @ wide) + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        found = found - _length(loss, found, step, float(slope @ step)) * step
        if np.max(np.abs(step)) < TOLERANCE:
            return found[:-1], float(found[-1])
    raise StepError("training did not settle; a smaller hyperparameter c helps")


def _length(loss: Callable[[Array], float], found: Array, step: Array, fall: float) -> float:
    """Halve the step until the loss falls by enough of what its slope promises (Armijo)."""
    before, length = loss(found), 1.0
    while length > TOLERANCE and loss(found - length * step) > before - 1e-4 * length * fall + 1e-9:
        length /= 2
    return length
