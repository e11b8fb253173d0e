"""The steps one by one: splits, data contracts, FHIR records, training together, reasons."""

import gzip
import json
import math
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mlops.inference.model import Array
from mlops.pipeline_definition import Distribution
from mlops.runner.state import Status
from mlops.steps import document, fairness, features, fhir, launch, prepare, table, validate
from mlops.steps.__main__ import main
from mlops.steps.collective import Alone, collective
from mlops.steps.container import Container, StepError, number
from mlops.steps.contracts import contract_named, names
from mlops.steps.newton import logistic
from mlops.steps.table import Table
from tests.mlops.conftest import Runs

CANCER = contract_named("breast_cancer")
DIABETES = contract_named("diabetes")


@pytest.fixture(scope="session")
def cancer(records: Path) -> Table:
    return table.read(records, CANCER)


def container(root: Path, **environment: str) -> Container:
    return Container(root=root, environment={"DATASET": "breast_cancer", **environment})


def test_the_bundled_set_keeps_its_contract(cancer: Table) -> None:
    assert (len(cancer), int(cancer.labels.sum())) == (569, 212)
    validate.check(cancer, CANCER)


def test_contracts_are_consistent() -> None:
    assert names() == ("breast_cancer", "diabetes")
    for name in names():
        contract = contract_named(name)
        assert all(s.column in contract.index for s in contract.subgroups)
        assert all(column.minimum < column.maximum for column in contract.columns)
        assert len(contract.index) == len(contract.columns)


def spoil(records: Path, target: Path, change: Callable[[list[list[str]]], None]) -> Path:
    lines = [line.split(",") for line in (records / "records.csv").read_text().splitlines()]
    change(lines)
    target.mkdir()
    (target / "records.csv").write_text("\n".join(",".join(line) for line in lines) + "\n")
    return target


def cell(row: int, column: int, value: str) -> Callable[[list[list[str]]], None]:
    def change(lines: list[list[str]]) -> None:
        lines[row][column] = value

    return change


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (cell(0, 3, "mean_perimetre"), "records.csv: column mean_perimeter is missing"),
        (cell(4, 1, "wide"), "records.csv: row 5: column mean_radius: not a number"),
        (
            cell(4, 1, ""),
            "record 4: column mean_radius: the value is missing, a number is needed",
        ),
        (
            cell(4, 1, "-3"),
            "record 4: column mean_radius: outside of what is possible, "
            "0 to 60 image units is allowed",
        ),
        (cell(4, 1, "inf"), "record 4: column mean_radius: outside of what is possible"),
        (cell(4, 31, "yes"), "records.csv: row 5: column malignant: 0 or 1 is allowed"),
        (lambda lines: lines[4].pop(), "records.csv: row 5: 31 cells, 32 are allowed"),
        (lambda lines: lines.__delitem__(slice(20, None)), "19 records were given, at least 50"),
        (lambda lines: lines.__delitem__(slice(1, None)), "records.csv: no record was given"),
    ],
)
def test_wrong_records_are_refused_with_a_sentence(
    records: Path, tmp_path: Path, change: Callable[[list[list[str]]], None], sentence: str
) -> None:
    folder = spoil(records, tmp_path / "data", change)
    with pytest.raises(StepError) as caught:
        validate.check(validate.read(folder, CANCER), CANCER)
    assert str(caught.value).startswith(sentence)


def test_records_of_one_kind_only_cannot_be_learnt_from(cancer: Table) -> None:
    with pytest.raises(StepError, match="column malignant: 0 records are 1, at least 10"):
        validate.check(cancer.part(cancer.labels == 0), CANCER)


def test_no_patient_is_in_two_parts(cancer: Table) -> None:
    twice = Table(
        identifiers=tuple(f"p{i // 3}" for i in range(len(cancer))),
        values=cancer.values,
        labels=cancer.labels,
    )
    parts = prepare.split(twice, 7)
    assert sum(len(part) for part in parts.values()) == len(twice)
    patients = [set(part.identifiers) for part in parts.values()]
    assert not patients[0] & patients[1]
    assert not patients[0] & patients[2]
    assert not patients[1] & patients[2]
    shares = [len(part) / len(twice) for part in parts.values()]
    np.testing.assert_allclose(shares, [0.6, 0.2, 0.2], atol=0.02)


def test_a_split_depends_on_its_seed_only(cancer: Table) -> None:
    first, again, other = (prepare.split(cancer, seed)["test"] for seed in (1, 1, 2))
    assert first.identifiers == again.identifiers != other.identifiers


def test_cases_are_spread_evenly(cancer: Table) -> None:
    for part in prepare.split(cancer, 3).values():
        assert part.labels.mean() == pytest.approx(cancer.labels.mean(), abs=0.01)


def test_gaps_are_filled_with_what_the_training_part_knows() -> None:
    values = np.array([[1.0, 5.0], [3.0, np.nan], [5.0, 5.0]])
    learnt = features.learn(
        Table(identifiers=("a", "b", "c"), values=values, labels=np.ones(3, dtype=np.int64))
    )
    assert learnt["fill"] == [3.0, 5.0]
    assert learnt["scale"][1] == 1.0, "a column that never changes is not divided by nothing"


def test_the_feature_store_gets_text_and_no_gaps(cancer: Table) -> None:
    part = cancer.part(np.arange(2))
    part.values[1, 0] = np.nan
    one, two = features.store(part, "train", CANCER)
    assert one["sample"] == "sample-0000"
    assert one["part"] == "train"
    assert float(one["mean_radius"]) == part.values[0, 0]
    assert "mean_radius" not in two


def resource(kind: str, **content: Any) -> str:
    return json.dumps({"resourceType": kind, **content})


def observation(patient: str, code: str, value: Any, unit: str) -> str:
    return resource(
        "Observation",
        subject={"reference": f"Patient/{patient}"},
        code={"coding": [{"code": code, "system": "http://loinc.org"}]},
        effectiveDateTime="2025",
        valueQuantity={"value": value, "code": unit},
    )


def test_fhir_records_become_a_table(tmp_path: Path) -> None:
    (tmp_path / "type=Patient").mkdir()
    (tmp_path / "type=Patient" / "a.ndjson").write_text(
        resource("Patient", id="one", gender="female", birthDate="1960") + "\n"
    )
    pressure = {
        "subject": {"reference": "Patient/one"},
        "code": {"coding": [{"code": "85354-9"}]},
        "component": [
            {
                "code": {"coding": [{"code": "8480-6"}]},
                "valueQuantity": {"value": 140, "code": "mm[Hg]"},
            }
        ],
    }
    lines = [
        observation("one", "39156-5", 30, "kg/m2"),
        observation("one", "39156-5", 34, "kg/m2"),
        observation("two", "39156-5", 22.5, "kg/m2"),
        resource("Observation", **pressure),
        resource(
            "Condition",
            subject={"reference": "Patient/one"},
            code={"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "E11.9"}]},
        ),
    ]
    with gzip.open(tmp_path / "b.ndjson.gz", "wt") as file:
        file.write("\n".join(lines))
    found = fhir.read(tmp_path, DIABETES)
    assert found.identifiers == ("one", "two")
    assert found.labels.tolist() == [1, 0]

    def value(row: int, column: str) -> float:
        return float(found.values[row, DIABETES.index[column]])

    assert value(0, "bmi") == 32
    assert value(0, "systolic_pressure") == 140
    assert (value(0, "age"), value(0, "female")) == (65, 1)
    assert math.isnan(value(1, "age"))
    assert math.isnan(value(1, "female")), "an element that was dropped is a gap"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{", "a.ndjson: line 1: not JSON"),
        ("[]", "a.ndjson: line 1: not a FHIR resource"),
        (
            observation("one", "39156-5", 30, "lb"),
            "a.ndjson: line 1: code 39156-5: unit lb was given, kg/m2 is allowed",
        ),
        (
            observation("one", "39156-5", "30", "kg/m2"),
            "a.ndjson: line 1: code 39156-5: not a number",
        ),
        (
            resource("Patient", id="one"),
            "no patient with observations was given for dataset diabetes",
        ),
    ],
)
def test_wrong_fhir_records_are_refused(tmp_path: Path, line: str, sentence: str) -> None:
    (tmp_path / "a.ndjson").write_text(line + "\n")
    with pytest.raises(StepError) as caught:
        fhir.read(tmp_path, DIABETES)
    assert str(caught.value) == sentence


class Together:
    """Processes as threads: sums meet at a barrier."""

    def __init__(self, rank: int, parts: list[Array], barrier: threading.Barrier) -> None:
        self.rank = rank
        self.size = len(parts)
        self.parts = parts
        self.barrier = barrier

    def sum(self, values: Array) -> Array:
        self.parts[self.rank] = values
        self.barrier.wait()
        total = np.sum(self.parts, axis=0)
        self.barrier.wait()
        return np.asarray(total, dtype=np.float64)


def test_training_together_gives_the_model_of_training_alone(cancer: Table) -> None:
    rows = (cancer.values - cancer.values.mean(axis=0)) / cancer.values.std(axis=0)
    alone, bias = logistic(rows, cancer.labels, 1.0, Alone())
    parts: list[Array] = [np.zeros(0)] * 3
    barrier = threading.Barrier(3, timeout=20)
    found: dict[int, tuple[Array, float]] = {}

    def train(rank: int) -> None:
        mine = np.arange(len(rows)) % 3 == rank
        together = Together(rank, parts, barrier)
        found[rank] = logistic(rows[mine], cancer.labels[mine], 1.0, together)

    threads = [threading.Thread(target=train, args=(rank,)) for rank in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for weights, other in found.values():
        np.testing.assert_allclose(weights, alone, atol=1e-9)
        assert other == pytest.approx(bias, abs=1e-9)


def test_torchrun_is_told_which_instance_it_is_on() -> None:
    command = launch.command({"hosts": ["algo-2", "algo-1"], "current_host": "algo-2"})
    assert "--nnodes=2" in command
    assert "--node_rank=1" in command
    assert "--master_addr=algo-1" in command
    with pytest.raises(StepError, match=r"resourceconfig\.json: hosts and current_host"):
        launch.command({})


class Tensor:
    """As much of torch's as a sum needs."""

    def __init__(self, values: Array) -> None:
        self.values = values

    def numpy(self) -> Array:
        return self.values


@pytest.mark.parametrize("distribution", ["horovod", "sagemaker"])
def test_toolkits_sum_over_their_processes(
    distribution: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their libraries are in images only: what stands for them adds three equal processes."""

    def all_reduce(tensor: Tensor) -> None:
        tensor.values = tensor.values * 3

    started: list[str] = []
    distributed = SimpleNamespace(
        init_process_group=started.append,
        get_rank=lambda: 1,
        get_world_size=lambda: 3,
        all_reduce=all_reduce,
    )
    horovod = SimpleNamespace(
        Sum="sum",
        init=lambda: started.append("horovod"),
        rank=lambda: 1,
        size=lambda: 3,
        allreduce=lambda tensor, op: Tensor(tensor.values * (3 if op == "sum" else 1)),
    )
    for name, module in {
        "torch": SimpleNamespace(from_numpy=Tensor, distributed=distributed),
        "torch.distributed": distributed,
        "horovod": SimpleNamespace(torch=horovod),
        "horovod.torch": horovod,
        "smdistributed.dataparallel.torch.torch_smddp": SimpleNamespace(),
    }.items():
        monkeypatch.setitem(sys.modules, name, module)
    together = collective(distribution)
    assert (together.rank, together.size) == (1, 3)
    np.testing.assert_array_equal(together.sum(np.ones(2)), [3.0, 3.0])
    assert started == [{"sagemaker": "smddp"}.get(distribution, distribution)]


@pytest.mark.parametrize(
    ("distribution", "sentence"),
    [
        ("torchrun", "the image has no PyTorch"),
        ("horovod", "the image has no PyTorch"),
        ("sagemaker", "the image has no PyTorch"),
    ],
)
def test_an_image_without_what_the_distribution_needs_says_so(
    distribution: str, sentence: str, execute: Runs
) -> None:
    done = execute(distribution=Distribution(distribution), training_count=2)
    assert done.result.status is Status.FAILED
    assert done.result.reason is not None
    assert done.result.reason.startswith(f"step Train: distributed training: {sentence}")


def test_a_gap_is_judged_only_where_there_are_cases_enough() -> None:
    rows = [
        {"group": "sex", "recall": 0.9, "compared": True},
        {"group": "sex", "recall": 0.7, "compared": True},
        {"group": "sex", "recall": 0.1, "compared": False},
    ]
    assert fairness.largest_gap(rows) == pytest.approx(0.2)
    assert math.isnan(fairness.largest_gap(rows[1:]))


def test_bias_is_seen() -> None:
    """Women's cases are all found, men's none."""
    values = np.full((40, len(DIABETES.columns)), 50.0)
    values[:, DIABETES.index["female"]] = np.arange(40) < 20
    labels = (np.arange(40) % 2).astype(np.int64)
    test = Table(identifiers=("x",) * 40, values=values, labels=labels)
    said = (labels == 1) & (np.arange(40) < 20)
    rows = fairness.groups(DIABETES, test, said.astype(float), 0.5)
    assert fairness.largest_gap(rows) == 1.0
    facets = fairness.bias(DIABETES, test, said)["post_training_bias_metrics"]["facets"]
    female = {m["name"]: m["value"] for m in facets["sex"][0]["metrics"]}
    assert female["RD"] == -1.0, "the rest has a recall of 0, women of 1"
    assert female["DPPL"] == -0.5


def test_a_reason_is_left_where_sagemaker_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ML_ROOT", str(tmp_path))
    monkeypatch.setenv("DATASET", "lungs")
    assert main(["validate"]) == 1
    sentence = "dataset 'lungs' was given, breast_cancer or diabetes is allowed"
    assert (tmp_path / "output" / "failure").read_text() == sentence
    assert (tmp_path / "output" / "message").read_text() == sentence


def test_an_unknown_step_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validat"]) == 2
    assert "step 'validat' was given, validate, prepare" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda c: c.input("records"), "input records: it was not given"),
        (lambda c: c.channel("train"), "channel train: it was not given"),
        (lambda c: c.setting("GROUP"), "environment variable GROUP: it is missing"),
        (lambda c: c.seed, "setting SEED: 'x' was given, a number is allowed"),
    ],
)
def test_what_a_container_lacks_is_named(
    tmp_path: Path, ask: Callable[[Container], Any], sentence: str
) -> None:
    with pytest.raises(StepError) as caught:
        ask(container(tmp_path, SEED="x"))
    assert str(caught.value) == sentence


def test_channels_are_where_the_variable_says(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    given = container(tmp_path, SM_CHANNEL_TRAIN=str(tmp_path / "elsewhere"))
    assert given.channel("train") == tmp_path / "elsewhere"
    assert number({"c": "0.5"}, "c", "1") == 0.5


def test_the_card_fits_the_registry() -> None:
    quality = {n: {"value": 0.5} for n in ("auc", "recall", "true_negative_rate", "precision")}
    evaluation = {
        "binary_classification_metrics": quality,
        "calibration": {"brier": 0.1, "error": 0.1},
        "limits": {"recall_gap": 0.1},
        "subgroups": [],
        "records": 1,
        "cases": 1,
        "model": {"threshold": 0.5, "fingerprint": "f"},
    }
    explained = {"explanations": {"shapley": {"label0": {"global_shap_values": {"a": 1.0}}}}}
    counted = {"records": 1, "patients": 1, "cases": 1, "gaps": 0}
    card = document.content(CANCER, evaluation, explained, counted)
    # The schema for model packages has no other keys, and of the overview only two.
    assert set(card) <= {
        *("model_overview", "intended_uses", "business_details", "training_details"),
        *("evaluation_details", "additional_information"),
    }
    assert set(card["model_overview"]) <= {"model_creator", "model_artifact"}
    assert card["intended_uses"]["risk_rating"] in ("High", "Medium", "Low", "Unknown")
