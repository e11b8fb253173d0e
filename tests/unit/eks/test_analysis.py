"""A canary's decision on recorded metrics, and the template that Argo Rollouts gets."""

import json
import math
from pathlib import Path

import pytest

from infra.eks.manifests.analysis import MEASURES, Decision, decide
from tests.unit.eks.inputs import objects

RECORDED = Path(__file__).parent / "recorded"
GOOD = {measure.name: [measure.most / 2] * measure.count for measure in MEASURES}


@pytest.mark.parametrize(
    ("file", "wanted", "reason"),
    [
        ("good.json", Decision.PROMOTE, "every measure"),
        ("errors.json", Decision.ABORT, "errors: 2 values above 0.01"),
        ("slow.json", Decision.ABORT, "latency: 2 values above 0.5"),
        ("one_spike.json", Decision.PROMOTE, "every measure"),
        ("nobody_called.json", Decision.PAUSE, "errors: 3 values that are no number"),
        ("no_prometheus.json", Decision.ABORT, "errors: 4 errors in a row"),
    ],
)
def test_recorded_releases(file: str, wanted: Decision, reason: str) -> None:
    decision, why = decide(json.loads((RECORDED / file).read_text()))
    assert decision is wanted
    assert reason in why


def test_a_release_that_is_still_measured_waits() -> None:
    values = {**GOOD, "latency": [0.1]}
    assert decide(values) == (Decision.WAIT, "latency: 1 of 5 values")


def test_an_abort_outweighs_what_is_unknown() -> None:
    decision, why = decide({"errors": [math.nan] * 5, "latency": [9.0, 9.0]})
    assert (decision, why) == (Decision.ABORT, "latency: 2 values above 0.5")


def test_errors_that_are_not_in_a_row_do_not_abort() -> None:
    values = [None, 0.0, None, 0.0, None, 0.0, None, 0.0, None, 0.0]
    assert decide({**GOOD, "errors": values})[0] is Decision.PROMOTE


def test_argo_rollouts_gets_the_same_bounds() -> None:
    made = objects(deployment="canary", metrics_port=9090)
    metrics = {one["name"]: one for one in made["AnalysisTemplate"]["spec"]["metrics"]}
    for measure in MEASURES:
        metric = metrics[measure.name]
        assert metric["count"] == measure.count
        assert metric["failureLimit"] == measure.failures
        assert metric["inconclusiveLimit"] == measure.unknown
        assert metric["consecutiveErrorLimit"] == measure.errors
        assert metric["failureCondition"].endswith(f"> {measure.most}")
        assert metric["provider"]["prometheus"]["query"] == measure.query


def test_the_canary_comes_before_everybody() -> None:
    rollout = objects(deployment="canary", metrics_port=9090, canary_percent=5)["Rollout"]
    steps = rollout["spec"]["strategy"]["canary"]["steps"]
    assert steps[0] == {"setWeight": 5}
    assert "analysis" in steps[-1]
    assert rollout["spec"]["progressDeadlineAbort"] is True
