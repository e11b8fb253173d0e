"""Exact Shapley values of our two kinds of model, in log-odds.

The game is the interventional one: columns outside a coalition take the values of background
records (Lundberg et al. 2020, https://doi.org/10.1038/s42256-019-0138-9). For a linear model it
has a closed form; for trees each leaf is a product of interval tests, whose values are known.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import factorial

import numpy as np
from numpy.typing import NDArray

from mlops.inference.model import Array, Linear, Model, Trees, filled


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Values of shape (records, columns); each row and `expected` add up to the log-odds."""

    values: Array
    expected: float


def explain(model: Model, rows: Array, background: Array) -> Explanation:
    """Return the Shapley values of records against background records."""
    if isinstance(model, Linear):
        return _linear(model, rows, background)
    return _trees(model, rows, background)


def _linear(model: Linear, rows: Array, background: Array) -> Explanation:
    mean = filled(background, model.fill).mean(axis=0)
    values = (filled(rows, model.fill) - mean) / model.scale * model.weights
    return Explanation(values=values, expected=float(model.margin(background).mean()))


def _trees(model: Trees, rows: Array, background: Array) -> Explanation:
    narrow = filled(rows, model.fill).astype(np.float32)
    other = filled(background, model.fill).astype(np.float32)
    values = np.zeros(rows.shape)
    for tree in range(len(model.feature)):
        for value, tests in _leaves(model, tree, 0, {}, narrow, other):
            _leaf(value, tests, values)
    return Explanation(
        values=values / len(background), expected=float(model.margin(background).mean())
    )


Narrow = NDArray[np.float32]
Tests = dict[int, tuple[NDArray[np.bool_], NDArray[np.bool_]]]
"""For each column on a path: which records and which background records pass all its tests."""


def _leaves(
    model: Trees, tree: int, node: int, tests: Tests, *rows: Narrow
) -> Iterator[tuple[float, Tests]]:
    """Yield each leaf's value and tests; `rows` are the records and the background records."""
    left, right = int(model.left[tree, node]), int(model.right[tree, node])
    if left == node:
        yield float(model.value[tree, node]), tests
        return
    column, split = int(model.feature[tree, node]), model.split[tree, node]
    low = [part[:, column] <= split for part in rows]
    for child, passed in ((left, low), (right, [~part for part in low])):
        before = tests.get(column, (True, True))
        mine, theirs = (part & was for part, was in zip(passed, before, strict=True))
        yield from _leaves(model, tree, child, {**tests, column: (mine, theirs)}, *rows)


def _leaf(value: float, tests: Tests, values: Array) -> None:
    """Share a leaf's value among the columns that decide whether it is reached.

    For one record and one background record, a column that only the record passes must be in the
    coalition, one that only the background passes must be out of it, one that neither passes
    closes the leaf. With n of the first and m of the second kind the Shapley values are
    (n-1)! m! / (n+m)! and -n! (m-1)! / (n+m)!.
    """
    if not tests:
        return
    only_mine = {c: a[:, None] & ~b[None, :] for c, (a, b) in tests.items()}
    only_theirs = {c: ~a[:, None] & b[None, :] for c, (a, b) in tests.items()}
    closed = np.logical_or.reduce([~a[:, None] & ~b[None, :] for a, b in tests.values()])
    mine = sum(only_mine.values(), start=np.zeros(closed.shape, dtype=np.int64))
    theirs = sum(only_theirs.values(), start=np.zeros(closed.shape, dtype=np.int64))
    inside, outside = _weights(len(tests))
    plus = np.where(closed, 0.0, value * inside[mine, theirs])
    minus = np.where(closed, 0.0, value * outside[mine, theirs])
    for column in tests:
        share = np.where(only_mine[column], plus, 0.0) - np.where(only_theirs[column], minus, 0.0)
        values[:, column] += share.sum(axis=1)


def _weights(most: int) -> tuple[Array, Array]:
    """Return both weights for n and m up to a number of columns."""
    inside, outside = np.zeros((most + 1, most + 1)), np.zeros((most + 1, most + 1))
    for n in range(most + 1):
        for m in range(most + 1 - n):
            if n:
                inside[n, m] = factorial(n - 1) * factorial(m) / factorial(n + m)
            if m:
                outside[n, m] = factorial(n) * factorial(m - 1) / factorial(n + m)
    return inside, outside
