"""FHIR records of synthetic patients, de-identified, through the whole pipeline."""

from pathlib import Path

import pytest

from infra.ingestion.runtime.deidentification import Deidentifier, Format
from mlops.runner.state import Status
from tests.mlops.conftest import Runs

PATIENTS = 80


@pytest.fixture(scope="session")
def lake(workplace: Path) -> Path:
    """The important bucket's layout, filled by the engine: source, type and day, then NDJSON."""
    import carebundle  # takes a second

    bundles = [
        carebundle.generate_bundle(
            profile="type2_diabetes" if number % 3 == 0 else "healthy",
            seed=number,
            sex="FM"[number % 2],
        )
        for number in range(PATIENTS)
    ]
    engine = Deidentifier("jp_pseudonymised", bytes(range(32)))
    for kind, text in carebundle.to_ndjson(bundles).items():
        folder = workplace / "lake" / "source=clinic" / f"type={kind}" / "day=2026-01-01"
        folder.mkdir(parents=True)
        with (folder / "one.ndjson").open("wb") as file:
            for record in text.encode().splitlines():
                file.write(engine.deidentify(record, Format.FHIR_NDJSON).content + b"\n")
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
