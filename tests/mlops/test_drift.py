"""Drift: found where it is, silent where it is not."""

import base64
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mlops import drift
from mlops.inference.model import Array
from mlops.pipeline_definition import (
    DefinitionError,
    clinical_pipeline,
    example_settings,
)
from mlops.runner.run import Options
from mlops.runner.state import Status
from mlops.steps import drift as step
from mlops.steps import table
from mlops.steps.container import Container, StepError
from mlops.steps.contracts import contract_named
from tests.mlops.conftest import Run, run_drift

CANCER = contract_named("breast_cancer")
RECORDS = 569


@pytest.fixture(scope="session")
def values(records: Path) -> Array:
    return table.read(records, CANCER).values


@pytest.fixture(scope="session")
def described(values: Array) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(drift.baseline(CANCER.names, values)))
    return found


def resampled(values: Array, seed: int) -> Array:
    random = np.random.default_rng(seed)
    return np.asarray(values[random.integers(0, len(values), RECORDS)])


@pytest.mark.parametrize("column", [0, 7, 21])
def test_drift_in_one_column_of_thirty_is_found(
    values: Array, described: dict[str, Any], column: int
) -> None:
    sample = resampled(values, column)
    sample[:, column] += 0.8 * values[:, column].std()
    found = {c.name: c for c in drift.check(described, CANCER.names, sample)}
    moved = found.pop(CANCER.names[column])
    assert moved.psi > 0.25
    assert (moved.drifted, moved.verdict) == (True, "drifted")
    assert max(c.psi for c in found.values()) < 0.1
    assert not any(c.drifted for c in found.values())


def test_no_alarm_on_a_hundred_undrifted_samples(values: Array, described: dict[str, Any]) -> None:
    """At an error rate of 1% a check, 100 checks may alarm a few times; these never do."""
    alarms = [
        column.name
        for seed in range(100)
        for column in drift.check(described, CANCER.names, resampled(values, 1000 + seed))
        if column.drifted
    ]
    assert alarms == []


def test_the_test_alone_keeps_its_error_rate(values: Array, described: dict[str, Any]) -> None:
    """Without the PSI limit, of 100 checks at 5% at most about 5 may alarm."""
    alarmed = 0
    for seed in range(100):
        sample = resampled(values, 5000 + seed)
        found = drift.check(described, CANCER.names, sample, error_rate=0.05, act=-1.0)
        alarmed += any(column.drifted for column in found)
    assert alarmed <= 10  # 99% point of the binomial distribution with 100 and 0.05


def test_ks_is_that_of_scipy(values: Array) -> None:
    from scipy.stats import ks_2samp

    one, other = values[:300, 0], values[300:, 0] + 1.0
    distance, p_value = drift.ks(np.sort(one), len(one), other)
    wanted = ks_2samp(one, other, method="asymp")
    assert distance == pytest.approx(wanted.statistic)
    assert p_value == pytest.approx(wanted.pvalue, rel=0.3)


def test_psi_by_hand() -> None:
    expected, actual = np.array([0.5, 0.5]), np.array([0.25, 0.75])
    wanted = -0.25 * np.log(0.5) + 0.25 * np.log(1.5)
    assert drift.psi(expected, actual) == pytest.approx(wanted)
    assert drift.psi(expected, expected) == 0
    assert np.isfinite(drift.psi(np.array([1.0, 0.0]), np.array([0.0, 1.0])))


def test_gaps_and_yes_no_columns_can_drift_too() -> None:
    random = np.random.default_rng(1)
    base = np.column_stack([random.integers(0, 2, 1000), random.normal(size=1000)]).astype(float)
    described = drift.baseline(("yes", "some"), base)
    sample = base.copy()
    sample[:, 0] = random.random(1000) < 0.9
    sample[:400, 1] = np.nan
    yes, some = drift.check(described, ("yes", "some"), sample)
    assert yes.drifted
    assert some.psi > 0.25, "two in five values are gone"
    calm = drift.check(described, ("yes", "some"), base)
    assert [c.verdict for c in calm] == ["stable", "stable"]


def test_small_samples_and_missing_columns_are_refused(
    values: Array, described: dict[str, Any]
) -> None:
    with pytest.raises(drift.DriftError, match="99 records were given, at least 100 are needed"):
        drift.check(described, CANCER.names, values[:99])
    with pytest.raises(drift.DriftError, match="column mean_radius: missing in the sample"):
        drift.check(described, CANCER.names[1:], values[:, 1:])


def container(root: Path, described: dict[str, Any], trained: Run) -> Container:
    inputs = root / "processing" / "input"
    for name in ("baseline", "captured", "model"):
        (inputs / name).mkdir(parents=True)
    (inputs / "baseline" / "baseline.json").write_text(json.dumps(described))
    shutil.copy(trained.model, inputs / "model")
    shutil.copytree(trained.output("Explain", "explanation"), inputs / "explanation")
    return Container(root=root, environment={"DATASET": "breast_cancer"})


def capture(row: list[float], *, encoded: bool) -> str:
    text = ",".join(map(repr, row))
    data = base64.b64encode(text.encode()).decode() if encoded else text
    entry = {
        "observedContentType": "text/csv",
        "mode": "INPUT",
        "data": data,
        "encoding": "BASE64" if encoded else "CSV",
    }
    return json.dumps({"captureData": {"endpointInput": entry}})


@pytest.mark.parametrize("encoded", [True, False])
def test_the_step_reads_captured_requests(
    tmp_path: Path, values: Array, described: dict[str, Any], cold: Run, encoded: bool
) -> None:
    here = container(tmp_path, described, cold)
    sample = values[:200].copy()
    sample[:, 3] *= 3
    lines = [capture(row, encoded=encoded) for row in sample.tolist()]
    (here.input("captured") / "a.jsonl").write_text("\n".join(lines))
    step.run(here)
    written = json.loads((here.output("drift") / "drift.json").read_text())
    assert written["drifted"] == ["mean_area"]
    assert (written["records"], written["error_rate"]) == (200, 0.01)
    assert written["explanations"]["drifted"], "the model decides by the column that moved"
    assert written["count"] == 2
    for chart in ("drift.svg", "explanations.svg"):
        assert (here.output("drift") / chart).read_text().startswith("<svg")


def test_the_step_says_what_it_cannot_read(
    tmp_path: Path, described: dict[str, Any], cold: Run
) -> None:
    here = container(tmp_path, described, cold)
    with pytest.raises(StepError, match=r"input captured: no \.jsonl or \.csv file was given"):
        step.run(here)
    (here.input("captured") / "a.jsonl").write_text("{}\n")
    with pytest.raises(StepError, match=r"a\.jsonl: line 1: no captured request"):
        step.run(here)
    (here.input("captured") / "a.jsonl").unlink()
    (here.input("captured") / "b.csv").write_text("x\n1\n")
    with pytest.raises(StepError, match=r"b.csv: column mean_radius is missing"):
        step.run(here)


@pytest.mark.parametrize("drifting", [False, True])
def test_the_drift_pipeline_fails_when_columns_have_drifted(
    tmp_path: Path, values: Array, described: dict[str, Any], cold: Run, drifting: bool
) -> None:
    sample = values[:300] * (3 if drifting else 1)
    sample = np.minimum(sample, [column.maximum for column in CANCER.columns])
    lines = [",".join(CANCER.names), *(",".join(map(repr, row)) for row in sample.tolist())]
    (tmp_path / "captured").mkdir()
    (tmp_path / "captured" / "day.csv").write_text("\n".join(lines))
    place = tmp_path / "run" / "s3" / "iryo-important" / "baseline"
    place.mkdir(parents=True)
    (place / "baseline.json").write_text(json.dumps(described))
    given = {
        "Explanation": str(cold.output("Explain", "explanation")),
        "Model": str(cold.model.parent),
    }
    result = run_drift(
        Options(folder=tmp_path / "run", data=tmp_path / "captured", parameters=given)
    )
    assert result.status is (Status.FAILED if drifting else Status.SUCCEEDED), result.reason
    if drifting:
        assert str(result.reason).startswith("drift in 30 columns of 300 records: mean_radius, ")
        assert " and 25 more" in str(result.reason)


def test_confidential_data_are_for_monitoring_only() -> None:
    tags = {**example_settings().tags, "data-class": "confidential"}
    with pytest.raises(DefinitionError, match="only a job for monitoring may read other data"):
        clinical_pipeline(example_settings(tags=tags)).to_definition()
