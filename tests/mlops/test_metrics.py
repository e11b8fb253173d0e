"""Measures against scikit-learn, and explanations against brute force.

scikit-learn takes a second to import, so it is imported where it is wanted.
"""

from collections.abc import Callable
from itertools import combinations
from math import factorial

import numpy as np
import pytest

from mlops.inference.model import Array, Linear, Model, Trees, probability
from mlops.steps import lime, metrics, shapley
from mlops.steps.collective import Alone
from mlops.steps.container import StepError
from mlops.steps.newton import logistic
from mlops.steps.table import Table
from mlops.steps.train import _trees

RANDOM = np.random.default_rng(5)
SCORES = np.round(RANDOM.random(300), 2)  # with ties
LABELS = (RANDOM.random(300) < SCORES).astype(np.int64)
ROWS = RANDOM.normal(size=(200, 5))
ANSWERS = (ROWS @ np.array([1.0, -2.0, 0.5, 0.0, 0.3]) + RANDOM.normal(size=200) > 0).astype(
    np.int64
)


def test_auc_and_brier_are_those_of_scikit_learn() -> None:
    from sklearn.metrics import brier_score_loss, roc_auc_score

    assert metrics.auc(SCORES, LABELS) == pytest.approx(roc_auc_score(LABELS, SCORES), abs=1e-12)
    assert metrics.brier(SCORES, LABELS) == pytest.approx(brier_score_loss(LABELS, SCORES))
    assert np.isnan(metrics.auc(SCORES, np.ones(300, dtype=np.int64)))


def test_the_roc_curve_is_that_of_scikit_learn() -> None:
    from sklearn.metrics import roc_curve

    false, true = metrics.roc(SCORES, LABELS)
    wanted_false, wanted_true, _ = roc_curve(LABELS, SCORES, drop_intermediate=False)
    np.testing.assert_allclose(false, wanted_false)
    np.testing.assert_allclose(true, wanted_true)


@pytest.mark.parametrize("recall", [0.5, 0.9, 0.97, 1.0])
def test_the_threshold_is_the_highest_that_finds_enough(recall: float) -> None:
    threshold = metrics.threshold_for(SCORES, LABELS, recall)
    found = metrics.measure(SCORES, LABELS, threshold)["recall"]
    above = metrics.measure(SCORES, LABELS, float(SCORES[threshold < SCORES].min()))["recall"]
    assert found >= recall > above


def test_the_wilson_interval() -> None:
    # Newcombe 1998, https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E
    low, high = metrics.wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    assert metrics.wilson(0, 0) == (0.0, 1.0)


def test_calibration_error_of_a_calibrated_and_an_overconfident_model() -> None:
    scores = RANDOM.random(20_000)
    labels = (RANDOM.random(20_000) < scores).astype(np.int64)
    assert metrics.calibration_error(scores, labels) < 0.02
    assert metrics.calibration_error(np.round(scores), labels) > 0.2


@pytest.mark.parametrize("c", [0.01, 1.0, 30.0])
def test_newton_finds_what_scikit_learn_finds(c: float) -> None:
    from sklearn.linear_model import LogisticRegression

    weights, bias = logistic(ROWS, ANSWERS, c, Alone())
    wanted = LogisticRegression(C=c, tol=1e-10, max_iter=10_000).fit(ROWS, ANSWERS)
    np.testing.assert_allclose(weights, wanted.coef_[0], atol=1e-5)
    assert bias == pytest.approx(wanted.intercept_[0], abs=1e-5)


def test_newton_settles_on_separable_records_far_from_the_start() -> None:
    rows = np.linspace(-40, 40, 80)[:, None]
    weights, _ = logistic(rows, (rows[:, 0] > 3).astype(np.int64), 100.0, Alone())
    assert weights[0] > 0


def test_newton_refuses_a_wrong_c() -> None:
    with pytest.raises(StepError, match="hyperparameter c: 0 was given, a number above 0"):
        logistic(ROWS, ANSWERS, 0.0, Alone())


def trees(depth: str = "3") -> Trees:
    train = Table(identifiers=("x",) * 200, values=ROWS, labels=ANSWERS)
    given = {"trees": "20", "depth": depth}
    return _trees(train, np.zeros(5), given, 7)


def test_trees_answer_as_scikit_learn_does() -> None:
    from sklearn.ensemble import GradientBoostingClassifier

    ours = trees()
    theirs = GradientBoostingClassifier(
        n_estimators=20, max_depth=3, learning_rate=0.1, subsample=0.8, random_state=7
    ).fit(ROWS, ANSWERS)
    other = RANDOM.normal(size=(500, 5))
    wanted = theirs.predict_proba(other)[:, 1]
    np.testing.assert_allclose(probability(ours.margin(other)), wanted, atol=1e-9)


def linear() -> Linear:
    weights, bias = logistic(ROWS, ANSWERS, 1.0, Alone())
    return Linear(
        fill=np.zeros(5),
        centre=np.full(5, 0.1),
        scale=np.full(5, 2.0),
        weights=weights,
        bias=bias,
        threshold=0.5,
    )


def brute_force(model: Model, row: Array, background: Array) -> Array:
    """Shapley values by their definition: every coalition, every background record."""
    width = len(row)

    def worth(coalition: tuple[int, ...]) -> float:
        mixed = background.copy()
        mixed[:, list(coalition)] = row[list(coalition)]
        return float(model.margin(mixed).mean())

    values = np.zeros(width)
    for column in range(width):
        others = [c for c in range(width) if c != column]
        for size in range(width):
            weight = factorial(size) * factorial(width - size - 1) / factorial(width)
            for coalition in combinations(others, size):
                values[column] += weight * (worth((*coalition, column)) - worth(coalition))
    return values


@pytest.mark.parametrize(
    "make", [linear, trees, lambda: trees("1")], ids=["linear", "trees", "stumps"]
)
def test_shapley_values_are_those_of_the_definition(make: Callable[[], Model]) -> None:
    model = make()
    rows = RANDOM.normal(size=(4, 5))
    rows[0, 2] = np.nan
    background = ROWS[:15]
    found = shapley.explain(model, rows, background)
    for row, values in zip(rows, found.values, strict=True):
        np.testing.assert_allclose(values, brute_force(model, row, background), atol=1e-10)
    total = found.values.sum(axis=1) + found.expected
    np.testing.assert_allclose(total, model.margin(rows), atol=1e-10)


def test_lime_finds_the_columns_that_matter() -> None:
    values = lime.explain(linear(), np.zeros(5), ROWS, seed=1)
    assert np.argmax(np.abs(values)) == 1
    assert values[1] < 0 < values[0]
    np.testing.assert_array_equal(values, lime.explain(linear(), np.zeros(5), ROWS, seed=1))
