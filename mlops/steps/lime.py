"""LIME for a single record: a linear stand-in for the model in the record's neighbourhood.

Ribeiro et al. 2016, https://doi.org/10.1145/2939672.2939778; neighbours are drawn from a normal
distribution with the background's spread, weighted by their distance.
"""

import numpy as np

from mlops.inference.model import Array, Model, filled, probability

NEIGHBOURS = 1000
_RIDGE = 1.0


def explain(model: Model, row: Array, background: Array, seed: int) -> Array:
    """Return each column's effect on the probability, for one standard deviation of it."""
    random = np.random.default_rng(seed)
    spread = filled(background, model.fill).std(axis=0)
    steps = random.normal(size=(NEIGHBOURS, len(row)))
    near = filled(row[None, :], model.fill) + steps * spread
    scores = probability(model.margin(near))
    width = 0.75 * np.sqrt(len(row))
    weights = np.exp(-np.sum(steps**2, axis=1) / width**2)
    wide = np.column_stack([steps, np.ones(NEIGHBOURS)])
    penalty = np.diag(np.append(np.full(len(row), _RIDGE), 0.0))
    found = np.linalg.solve((wide.T * weights) @ wide + penalty, (wide.T * weights) @ scores)
    return np.asarray(found[:-1], dtype=np.float64)
