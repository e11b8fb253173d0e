"""De-identified FHIR records of synthetic patients through the whole pipeline."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import carebundle
import pytest

from mlops.runner.state import Status
from tests.mlops.conftest import Runs

PATIENTS = 80
KEPT = {
    "Patient": ("resourceType", "id", "gender", "birthDate"),
    "Observation": (
        *("resourceType", "code", "subject", "effectiveDateTime", "valueQuantity", "component"),
    ),
    "Condition": ("resourceType", "code", "subject"),
}


def deidentified(number: int) -> Iterator[dict[str, Any]]:
    """What is left of a synthetic patient in the important bucket: few elements, years only."""
    profile = "type2_diabetes" if number % 3 == 0 else "healthy"
    bundle = carebundle.generate_bundle(profile=profile, seed=number, sex="FM"[number % 2])
    for entry in json.loads(carebundle.to_json(bundle))["entry"]:
        kept = KEPT.get(entry["resource"]["resourceType"])
        if kept:
            resource = {k: v for k, v in entry["resource"].items() if k in kept}
            if "subject" in resource:
                resource["subject"] = {"reference": f"Patient/p{number}"}
            else:
                resource["id"] = f"p{number}"
            for date in ("birthDate", "effectiveDateTime"):
                if date in resource:
                    resource[date] = resource[date][:4]
            yield resource


@pytest.fixture(scope="session")
def lake(workplace: Path) -> Path:
    """The important bucket's layout: source, type and day, then NDJSON."""
    for number in range(PATIENTS):
        for resource in deidentified(number):
            kind = resource["resourceType"]
            folder = workplace / "lake" / "source=clinic" / f"type={kind}" / "day=2026-01-01"
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / f"{number % 4}.ndjson").open("a") as file:
                file.write(json.dumps(resource) + "\n")
    return workplace / "lake"


def test_records_of_the_lake_go_through_the_whole_pipeline(lake: Path, execute: Runs) -> None:
    run = execute(
        data=lake,
        dataset="diabetes",
        algorithm="boosting",
        minimum_auc=0.7,
        minimum_recall=0.0,
        largest_recall_gap=1.0,
        largest_calibration_error=1.0,
    )
    assert run.result.status is Status.SUCCEEDED, run.result.reason
    report = run.json("Validate", "report", "validation.json")
    assert (report["records"], report["columns"]) == (PATIENTS, 34)
    assert report["cases"] == 27
    evaluation = run.json("Evaluate", "evaluation", "evaluation.json")
    assert {(row["group"], row["band"]) for row in evaluation["subgroups"]} == {
        *(("sex", "female"), ("sex", "male")),
        *(("age", "under 50"), ("age", "50 to 64"), ("age", "65 and over")),
    }
    explanation = run.json("Explain", "explanation", "explanation.json")
    assert any(value for value in explanation["local"][0]["shapley"].values())


def test_subgroups_too_small_to_judge_count_as_the_worst_gap(lake: Path, execute: Runs) -> None:
    run = execute(data=lake, dataset="diabetes", algorithm="boosting", minimum_auc=0.0)
    assert run.result.status is Status.FAILED
    assert run.result.reason is not None
    assert "recall gap between subgroups 1 (at most 0.2 is wanted)" in run.result.reason
