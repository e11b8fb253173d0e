"""What turned out to be true: joined with captured answers, compared, and the pipeline's end."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mlops import quality
from mlops.inference.model import probability
from mlops.inference.server import load
from mlops.pipeline_definition import example_settings, quality_pipeline
from mlops.runner.run import Options, run
from mlops.runner.state import RunResult, Status
from mlops.steps import capture, table
from mlops.steps.container import StepError
from mlops.steps.contracts import contract_named
from mlops.steps.quality import join
from mlops.steps.table import Table
from tests.mlops.conftest import Run

CANCER = contract_named("breast_cancer")


def exchange(number: int, rows: list[list[float]], scores: list[float], *, as_json: bool) -> str:
    """A line of data capture, as SageMaker writes it for CSV and for other content."""
    csv = "\n".join(",".join(map(repr, row)) for row in rows)
    answers = "".join(f"{score!r},{int(score > 0.5)}\n" for score in scores)
    told = {"predictions": [{"probability": s, "positive": s > 0.5} for s in scores]}
    coded = base64.b64encode(json.dumps(told).encode()).decode()
    output = (
        {"observedContentType": "application/json", "data": coded, "encoding": "BASE64"}
        if as_json
        else {"observedContentType": "text/csv", "data": answers, "encoding": "CSV"}
    )
    given = {"observedContentType": "text/csv", "data": csv, "encoding": "CSV"}
    named = {"eventId": f"event-{number}"}
    if as_json:
        named["inferenceId"] = f"caller-{number}"
    captured = {"endpointInput": given, "endpointOutput": output}
    return json.dumps({"captureData": captured, "eventMetadata": named})


def told(identifier: str, labels: list[int]) -> str:
    data = ",".join(map(str, labels))
    truth = {"data": data, "encoding": "CSV"}
    return json.dumps({"groundTruthData": truth, "eventMetadata": {"eventId": identifier}})


@pytest.fixture(scope="module")
def in_use(records: Path, model_folder: Path) -> tuple[Table, list[float]]:
    """The whole bundled set as requests, and what the model answers."""
    whole = table.read(records, CANCER)
    return whole, probability(load(model_folder).model.margin(whole.values)).tolist()


def check(
    cold: Run, in_use: tuple[Table, list[float]], folder: Path, labels: list[int]
) -> tuple[RunResult, Any]:
    """Run the pipeline with requests of two records; every third goes by the caller's name."""
    whole, scores = in_use
    rows = whole.values.tolist()
    lines, truth = [], []
    for number, start in enumerate(range(0, len(rows) - 1, 2)):
        part, as_json = slice(start, start + 2), number % 3 == 0
        lines.append(exchange(number, rows[part], scores[part], as_json=as_json))
        truth.append(told(f"{'caller' if as_json else 'event'}-{number}", labels[part]))
    for name, content in (("captured", lines), ("truth", truth[: len(truth) - 20])):
        (folder / name).mkdir()
        (folder / name / "a.jsonl").write_text("\n".join(content))
    pipeline = quality_pipeline(
        example_settings(),
        evaluation_uri="s3://iryo-important/x",
        captured_uri="s3://iryo-confidential/capture",
        truth_uri="s3://iryo-confidential/capture/truth",
        data_class="confidential",
    )
    given = {
        "Evaluation": str(cold.output("Evaluate", "evaluation")),
        "Truth": str(folder / "truth"),
    }
    options = Options(folder=folder / "run", data=folder / "captured", parameters=given)
    result = run(pipeline.to_definition(), options)
    (file,) = (folder / "run" / "s3").rglob("quality.json")
    return result, json.loads(file.read_text())


def test_a_model_as_good_as_when_it_was_registered_passes(
    cold: Run, in_use: tuple[Table, list[float]], tmp_path: Path
) -> None:
    result, found = check(cold, in_use, tmp_path, in_use[0].labels.tolist())
    assert result.status is Status.SUCCEEDED, result.reason
    assert (found["requests"], found["records"]) == (284, 528), "40 records have no truth yet"
    compared = [one["name"] for one in found["comparisons"]]
    assert "recall of all" in compared and "recall of nucleus size medium" in compared
    assert "recall of nucleus size small" not in compared, "three cases were evaluated"
    assert next((tmp_path / "run" / "s3").rglob("quality.svg")).is_file()


def test_a_model_that_misses_cases_ends_the_pipeline_with_the_figures(
    cold: Run, in_use: tuple[Table, list[float]], tmp_path: Path
) -> None:
    """Every third healthy record turns out to be a case that the model did not see."""
    labels = [
        1 if label == 0 and number % 3 == 0 else label
        for number, label in enumerate(in_use[0].labels.tolist())
    ]
    result, found = check(cold, in_use, tmp_path, labels)
    assert result.status is Status.FAILED
    assert str(result.reason).startswith(
        f"{found['count']} measures have degraded in 528 records: "
    )
    assert "recall of all 0.6" in str(result.reason)
    assert "recall of texture even" in found["degraded"], "each subgroup is told"


def test_few_false_alarms_on_a_model_that_did_not_change() -> None:
    """A hundred months, in which every measure has the chance that it always had."""
    random = np.random.default_rng(4)
    chances = {"recall": 0.95, "specificity": 0.9, "recall of old": 0.95, "recall of young": 0.93}
    alarms = 0
    for _ in range(100):
        then = {name: (int(random.binomial(150, p)), 150) for name, p in chances.items()}
        now = {name: (int(random.binomial(200, p)), 200) for name, p in chances.items()}
        alarms += any(one.degraded for one in quality.compare(then, now))
    assert alarms <= 5  # 99.9% point of the binomial distribution with 100 and 0.01


def test_shares_by_hand() -> None:
    found = quality.lower((90, 100), (80, 100))
    assert found == pytest.approx(0.0238, abs=5e-4), "z = -1.98"
    assert quality.lower((10, 10), (10, 10)) == 1.0
    assert quality.compare({"a": (9, 10)}, {"a": (0, 9)}) == [], "too few to compare"
    assert quality.compare({"a": (9, 10)}, {}) == []
    (small,) = quality.compare({"a": (9600, 10000)}, {"a": (9300, 10000)})
    assert small.p_value < 1e-10 and not small.degraded, "sure, but too small to matter"


def test_too_little_truth_and_truth_of_another_length(in_use: tuple[Table, list[float]]) -> None:
    rows = in_use[0].values[:2]
    known = capture.Exchange(id="a", rows=rows, scores=np.array([0.1, 0.9]))
    with pytest.raises(StepError, match="it tells of 2 captured records, 100 are needed"):
        join([known], {"a": [0, 1]})
    with pytest.raises(StepError, match="1 values were given for a request of 2 records"):
        join([known] * 50, {"a": [0]})


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{", r"a\.jsonl: line 1: not JSON"),
        ("{}", r"a\.jsonl: line 1: no ground truth of 0 or 1 with an eventId"),
        (told("x", [2]), "no ground truth of 0 or 1"),
        (told("x", []), "no ground truth of 0 or 1"),
        (told("x", [1]).replace('"1"', '"0.5"'), "no ground truth of 0 or 1"),
    ],
)
def test_wrong_truth_is_named(tmp_path: Path, line: str, sentence: str) -> None:
    (tmp_path / "a.jsonl").write_text(line)
    with pytest.raises(StepError, match=sentence):
        capture.truth(tmp_path)


def test_a_later_truth_corrects_an_earlier_one(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(told("x", [0]) + "\n" + told("x", [1]))
    assert capture.truth(tmp_path) == {"x": [1]}


def test_captures_without_answers_are_named(tmp_path: Path) -> None:
    with pytest.raises(StepError, match=r"no \.jsonl file was given"):
        capture.exchanges(tmp_path, CANCER)
    row = [1.0] * 30
    (tmp_path / "a.jsonl").write_text(exchange(1, [row], [0.5, 0.5], as_json=False))
    with pytest.raises(StepError, match=r"a\.jsonl: line 1: no captured request with its answer"):
        capture.exchanges(tmp_path, CANCER)
