"""Drift of explanations: found when the model decides by other columns, silent on resamples."""

import copy
import json
import math
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mlops.inference.model import Array, Model
from mlops.inference.server import load
from mlops.runner.run import Options
from mlops.runner.state import Status
from mlops.steps import attribution, table
from mlops.steps.attribution import AttributionDrift
from mlops.steps.container import StepError
from mlops.steps.contracts import contract_named
from tests.mlops.conftest import Run, run_drift

CANCER = contract_named("breast_cancer")


@pytest.fixture(scope="module")
def values(records: Path) -> Array:
    return table.read(records, CANCER).values


@pytest.fixture(scope="module")
def model(model_folder: Path) -> Model:
    return load(model_folder).model


@pytest.fixture
def explanation(cold: Run) -> Any:
    """What the Explain step wrote, to be changed."""
    return cold.json("Explain", "explanation", "explanation.json")


@pytest.fixture
def described(cold: Run) -> Any:
    """What the Prepare step wrote, to be changed."""
    return cold.json("Prepare", "baseline", "baseline.json")


def check(
    model: Model, values: Array, explanation: Any, described: Any, seed: int = 7
) -> AttributionDrift:
    return attribution.check(
        model,
        values,
        names=CANCER.names,
        explanation=explanation,
        described=described,
        seed=seed,
    )


def gains(explanation: Any) -> dict[str, float]:
    found: dict[str, float] = explanation["explanations"]["shapley"]["label0"]["global_shap_values"]
    return found


def test_ndcg_by_hand() -> None:
    """The three columns whose order is reversed are AWS's example of drift."""
    then, now = np.array([0.70, 0.50, 0.05]), np.array([0.10, 0.20, 0.70])
    best = 0.70 + 0.50 / math.log2(3) + 0.05 / 2
    wanted = (0.05 + 0.50 / math.log2(3) + 0.70 / 2) / best
    assert attribution.ndcg(then, now) == pytest.approx(wanted)
    assert wanted < attribution.LIMIT
    assert attribution.ndcg(then, then * 3) == pytest.approx(1.0), "sizes in use do not count"


def test_ndcg_is_that_of_scikit_learn_ties_included() -> None:
    from sklearn.metrics import ndcg_score

    random = np.random.default_rng(3)
    for _ in range(20):
        then, now = random.random(12), random.integers(0, 4, 12).astype(float)
        assert attribution.ndcg(then, now) == pytest.approx(ndcg_score([then], [now]))


def test_undrifted_resamples_are_no_drift(
    model: Model, values: Array, explanation: Any, described: Any
) -> None:
    for seed in range(50):
        rows = np.random.default_rng(seed).integers(0, len(values), 100)
        found = check(model, values[rows], explanation, described, seed)
        assert not found.drifted, found.sentence
        assert found.records == 100


def test_a_column_that_comes_to_lead_is_drift(
    model: Model, values: Array, explanation: Any, described: Any
) -> None:
    least = min(gains(explanation), key=gains(explanation).__getitem__)
    sample, column = values.copy(), CANCER.names.index(least)
    sample[:, column] += 20 * values[:, column].std()
    found = check(model, sample, explanation, described)
    assert found.drifted
    assert f"led by {least}, in training by {max(found.then, key=found.then.__getitem__)}" in (
        found.sentence
    )


def test_the_sample_is_bounded_and_the_seed_decides_it(
    model: Model, values: Array, explanation: Any, described: Any
) -> None:
    many = np.concatenate([values, values])
    first, again, other = (check(model, many, explanation, described, seed) for seed in (1, 1, 2))
    assert first.records == attribution.MOST_RECORDS
    assert first == again
    assert first.now != other.now


def test_the_background_is_spread_like_the_training_part(described: Any, values: Array) -> None:
    described["columns"]["mean_area"]["shares"][-1] = 0.3
    rows = attribution.background(described, CANCER.names, np.random.default_rng(1))
    gaps = np.isnan(rows).sum(axis=0)
    assert gaps[CANCER.names.index("mean_area")] == 30
    assert gaps.sum() == 30
    difference = np.abs(np.nanmean(rows, axis=0) - values.mean(axis=0))
    assert (difference < 0.2 * values.std(axis=0)).all()


def test_wrong_input_is_one_sentence(
    model: Model, values: Array, explanation: Any, described: Any
) -> None:
    shorter, flat = copy.deepcopy(explanation), copy.deepcopy(explanation)
    del gains(shorter)["mean_area"]
    gains(flat).update(dict.fromkeys(CANCER.names, 0.0))
    for given, words in (
        (shorter, r"column mean_area is missing"),
        (flat, r"every attribution is zero"),
        ({"explanations": {}}, r"it has no global Shapley values"),
    ):
        with pytest.raises(StepError, match=rf"^input explanation: explanation\.json: {words}"):
            check(model, values, given, described)
    del described["columns"]["mean_area"]
    with pytest.raises(StepError, match=r"^input baseline: baseline\.json: column mean_area is mi"):
        check(model, values, explanation, described)


@pytest.mark.parametrize("fault", ["other order", "no column"])
def test_the_pipeline_fails_by_the_explanations_alone(
    cold: Run, records: Path, explanation: Any, tmp_path: Path, fault: str
) -> None:
    """The order of training is turned round, as if another model served; no column drifts."""
    told = gains(explanation)
    if fault == "no column":
        del told["mean_area"]
    else:
        upside_down = sorted(told, key=told.__getitem__)
        told.update(zip(upside_down, sorted(told.values(), reverse=True), strict=True))
    folder = tmp_path / "explanation"
    shutil.copytree(cold.output("Explain", "explanation"), folder)
    (folder / "explanation.json").write_text(json.dumps(explanation))
    given = {
        "Baseline": str(cold.output("Prepare", "baseline")),
        "Explanation": str(folder),
        "Model": str(cold.model.parent),
    }
    result = run_drift(Options(folder=tmp_path / "run", data=records, parameters=given))
    assert result.status is Status.FAILED
    if fault == "no column":
        assert str(result.reason).endswith(
            "input explanation: explanation.json: column mean_area is missing"
        )
        return
    assert str(result.reason).startswith("drift in 0 columns of 569 records; NDCG of the explana")
    (file,) = (tmp_path / "run" / "s3").rglob("drift.json")
    found = json.loads(file.read_text())
    assert (found["count"], found["drifted"]) == (1, [])
    assert found["explanations"]["ndcg"] < found["explanations"]["limit"] == 0.9
    assert "What the model decides by in use" in (tmp_path / "run" / "report.html").read_text()
