"""Models as plain numbers: a logistic regression or an ensemble of trees, in model.json."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def probability(margin: Array) -> Array:
    """Return probabilities for log-odds, without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * margin)), dtype=np.float64)


def filled(rows: Array, fill: Array) -> Array:
    """Replace gaps by each column's fill value."""
    return np.where(np.isnan(rows), fill, rows)


@dataclass(frozen=True, kw_only=True)
class Linear:
    """Logistic regression on standardised columns."""

    fill: Array
    centre: Array
    scale: Array
    weights: Array
    bias: float
    threshold: float

    def margin(self, rows: Array) -> Array:
        """Return the log-odds of the positive class, one a row."""
        standard = (filled(rows, self.fill) - self.centre) / self.scale
        return np.asarray(standard @ self.weights + self.bias, dtype=np.float64)

    def to_json(self) -> dict[str, Any]:
        """Return the numbers of model.json."""
        return {"kind": "linear", **_lists(vars(self))}


@dataclass(frozen=True, kw_only=True)
class Trees:
    """A sum of binary trees: arrays of shape (trees, nodes), padded; leaves point at themselves.

    A record goes left when its value, as a 32-bit float, is at most the node's threshold: the
    comparison that scikit-learn trained with.
    """

    fill: Array
    feature: NDArray[np.int64]
    split: Array
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    value: Array
    depth: int
    bias: float
    threshold: float

    def margin(self, rows: Array) -> Array:
        """Return the log-odds of the positive class, one a row."""
        narrow = filled(rows, self.fill).astype(np.float32)
        trees = np.arange(len(self.feature))[:, None]
        records = np.arange(len(rows))[None, :]
        node = np.zeros((len(self.feature), len(rows)), dtype=np.int64)
        for _ in range(self.depth):
            goes_left = narrow[records, self.feature[trees, node]] <= self.split[trees, node]
            node = np.where(goes_left, self.left[trees, node], self.right[trees, node])
        return np.asarray(self.value[trees, node].sum(axis=0) + self.bias, dtype=np.float64)

    def to_json(self) -> dict[str, Any]:
        """Return the numbers of model.json."""
        return {"kind": "trees", **_lists(vars(self))}


def _lists(values: dict[str, Any]) -> dict[str, Any]:
    return {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in values.items()}


Model = Linear | Trees


def model_from(value: dict[str, Any]) -> Model:
    """Read a model from the mapping of its model.json; raises ValueError for an unknown kind."""
    numbers: dict[str, Any] = {
        k: np.asarray(v) if isinstance(v, list) else v for k, v in value.items()
    }
    kind = numbers.pop("kind", None)
    if kind == "linear":
        return Linear(**numbers)
    if kind == "trees":
        return Trees(**numbers)
    raise ValueError(f"model.json: kind {kind!r} was given, linear or trees is allowed")


def load_model(path: Path) -> Model:
    """Read model.json of a model archive."""
    return model_from(json.loads(path.read_text(encoding="utf-8")))
