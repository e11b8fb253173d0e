"""The pipeline under other orchestrators: planned, generated, and carried out step by step."""

import ast
import io
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mlops.orchestration import airflow, kubeflow
from mlops.orchestration.plan import followers, tasks
from mlops.orchestration.step import Request, execute, job_name, main
from mlops.pipeline_definition import (
    DefinitionError,
    Lambda,
    Pipeline,
    clinical_pipeline,
    example_settings,
)
from mlops.runner import jobs
from mlops.runner.errors import StepFailedError
from mlops.runner.store import Store


def test_tasks_come_after_what_they_wait_for(definition: dict[str, Any]) -> None:
    planned = tasks(definition, "p")
    done: set[str] = set()
    for task in planned:
        assert set(task.after) <= done
        done.add(task.name)
    assert len(done) == 10
    assert followers("GoodEnough", "IfSteps", planned) == ["Register"]
    assert followers("GoodEnough", "ElseSteps", planned) == ["Refuse"]


def test_a_wrong_definition_is_not_generated(definition: dict[str, Any], tmp_path: Path) -> None:
    definition["Steps"][0]["Arguments"]["Tags"] = []
    with pytest.raises(DefinitionError):
        airflow.write(definition, tmp_path, name="p")
    with pytest.raises(DefinitionError):
        kubeflow.write(definition, tmp_path, name="p", image="i")
    assert list(tmp_path.iterdir()) == []


def test_the_dag_is_python_beside_the_very_definition(
    definition: dict[str, Any], tmp_path: Path
) -> None:
    module = airflow.write(definition, tmp_path, name="iryo-clinical", schedule="@weekly")
    source = module.read_text()
    ast.parse(source)
    assert "schedule='@weekly'" in source
    assert json.loads((tmp_path / "iryo-clinical.json").read_text()) == definition


def test_the_dag_folder_is_whole(definition: dict[str, Any], tmp_path: Path) -> None:
    """A worker has boto3 and this folder: nothing of the project is on its path."""
    airflow.write(definition, tmp_path, name="iryo-clinical")
    airflow.write(definition, tmp_path, name="iryo-clinical")
    assert (tmp_path / ".airflowignore").read_text() == "mlops/\n"
    program = (
        "import json, sys; from mlops.orchestration.plan import tasks; "
        "import mlops.orchestration.step as step; assert step.__file__.startswith(sys.argv[1]); "
        "print(len(tasks(json.load(open('iryo-clinical.json')), 'p')))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (result.returncode, result.stdout) == (0, "10\n"), result.stderr
    assert not (tmp_path / "mlops" / "orchestration" / "airflow.py").exists()


def test_kubeflow_s_tasks_run_the_image_of_the_jobs(
    definition: dict[str, Any], tmp_path: Path
) -> None:
    image = definition["Steps"][0]["Arguments"]["AppSpecification"]["ImageUri"]
    source = kubeflow.write(definition, tmp_path, name="p").read_text()
    assert f"IMAGE = {image!r}" in source
    lonely = Pipeline(name="p", steps=(Lambda(name="Ask", function_arn="arn", inputs={}),))
    with pytest.raises(ValueError, match="no job with an image; give --image"):
        kubeflow.write(lonely.to_definition(), tmp_path, name="q")


def test_the_kubeflow_module_has_every_step_and_both_branches(
    definition: dict[str, Any], tmp_path: Path
) -> None:
    source = kubeflow.write(definition, tmp_path, name="iryo-clinical", image="i").read_text()
    functions = [n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef)]
    names = [function.name for function in functions]
    assert names[-1] == "pipeline"
    assert len(names) == 11
    (text,) = [
        ast.literal_eval(n.value)
        for n in ast.parse(source).body
        if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == "DEFINITION"
    ]
    assert json.loads(text) == definition
    branches = [n for n in ast.walk(functions[-1]) if isinstance(n, ast.With)]
    assert [ast.unparse(b.items[0].context_expr) for b in branches] == [
        f"dsl.If(did_good_enough.outputs['outcome'] == '{side}')"
        for side in ("IfSteps", "ElseSteps")
    ]


class SageMaker:
    """Stands for SageMaker and S3: jobs run here, as the local runner runs them."""

    def __init__(self, folder: Path, mounts: dict[str, Path]) -> None:
        self.folder = folder
        self.store = Store(folder / "s3", mounts)
        self.described: dict[str, dict[str, Any]] = {}
        self.packages: list[dict[str, Any]] = []

    def __call__(self, _service: str) -> "SageMaker":
        return self

    def create_processing_job(self, *, ProcessingJobName: str, **arguments: Any) -> None:  # noqa: N803
        self._job(jobs.process, ProcessingJobName, arguments, "Processing")

    def create_training_job(self, *, TrainingJobName: str, **arguments: Any) -> None:  # noqa: N803
        self._job(jobs.train, TrainingJobName, arguments, "Training")

    def _job(self, work: Any, name: str, arguments: dict[str, Any], kind: str) -> None:
        assert re.fullmatch(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", name)
        try:
            self.described[name] = work(arguments, self.folder / name, self.store)
        except StepFailedError as error:
            status = {f"{kind}JobStatus": "Failed", "FailureReason": error.reason}
            self.described[name] = status

    def describe_processing_job(self, *, ProcessingJobName: str) -> dict[str, Any]:  # noqa: N803
        return self.described[ProcessingJobName]

    def describe_training_job(self, *, TrainingJobName: str) -> dict[str, Any]:  # noqa: N803
        return self.described[TrainingJobName]

    def create_model_package(self, **arguments: Any) -> dict[str, Any]:
        self.packages.append(arguments)
        return {"ModelPackageArn": "arn:1"}

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        return {"Body": io.BytesIO(self.store.path(f"s3://{Bucket}/{Key}").read_bytes())}


def request(definition: dict[str, Any], step: str, results: dict[str, Any]) -> Request:
    return Request(
        definition=definition,
        step=step,
        pipeline="iryo-clinical",
        execution="manual__2026-04-01T00:00:00",
        parameters={},
        results=results,
    )


def test_every_step_in_turn_registers_the_model(
    definition: dict[str, Any], records: Path, tmp_path: Path
) -> None:
    clients = SageMaker(tmp_path, {"s3://iryo-important/records": records})
    results: dict[str, Any] = {}
    for task in tasks(definition, "p"):
        if task.name != "Refuse":
            given = {name: results[name] for name in task.after}
            results[task.name] = execute(request(definition, task.name, given), clients, poll=0)
    assert results["GoodEnough"] == {"outcome": "IfSteps"}
    (package,) = clients.packages
    assert package["ModelApprovalStatus"] == "PendingManualApproval"
    assert len(package["CustomerMetadataProperties"]["fingerprint"]) == 64
    assert json.dumps(results), "what goes from task to task is JSON"
    evaluated = {name: results[name] for name in ("Evaluate", "GoodEnough")}
    with pytest.raises(StepFailedError, match=r"The model was not registered: AUC 0\.99"):
        execute(request(definition, "Refuse", evaluated), clients)


def test_a_job_that_fails_hands_on_its_reason(definition: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    clients = SageMaker(tmp_path, {"s3://iryo-important/records": tmp_path / "empty"})
    with pytest.raises(StepFailedError, match="step Validate: no CSV file was given"):
        execute(request(definition, "Validate", {}), clients, poll=0)


def test_a_step_that_only_pipelines_know(tmp_path: Path) -> None:
    ask = Lambda(name="Ask", function_arn="arn", inputs={})
    definition = Pipeline(name="p", steps=(ask,)).to_definition()
    with pytest.raises(StepFailedError, match="a Lambda step runs in SageMaker Pipelines only"):
        execute(request(definition, "Ask", {}), SageMaker(tmp_path, {}))


@pytest.mark.parametrize("step", ["Tune", "A-very-long-name-of-a-step-indeed-longer-than-allowed"])
def test_job_names_are_short_and_of_their_run(step: str, definition: dict[str, Any]) -> None:
    name = job_name(request(definition, step, {}), step)
    assert len(name) <= 32
    assert re.fullmatch(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,31}", name)
    later = replace(request(definition, step, {}), execution="manual__2026-04-08T00:00:00")
    assert job_name(later, step) != name


def test_a_kubeflow_task_leaves_its_outputs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clients = SageMaker(tmp_path, {})
    monkeypatch.setattr("boto3.client", clients)
    definition = clinical_pipeline(example_settings()).to_definition()
    evaluation = {"limits": {"auc": 1, "recall": 1, "recall_gap": 0, "calibration_error": 0}}
    place = clients.store.path("s3://iryo-important/e/evaluation.json")
    place.parent.mkdir(parents=True)
    place.write_text(json.dumps(evaluation))
    outputs = [{"OutputName": "evaluation", "S3Output": {"S3Uri": "s3://iryo-important/e"}}]
    result = json.dumps({"ProcessingOutputConfig": {"Outputs": outputs}})
    arguments = [
        *("--definition", json.dumps(definition), "--pipeline", "p", "--execution", "e"),
        *("--out", str(tmp_path / "o" / "out"), "--outcome", str(tmp_path / "o" / "outcome")),
        *("--result", "Evaluate", result),
    ]
    assert main([*arguments, "--step", "GoodEnough"]) == 0
    assert (tmp_path / "o" / "outcome").read_text() == "IfSteps"
    assert main([*arguments, "--step", "GoodEnough", "--parameter", "MinimumAuc", "2"]) == 0
    assert (tmp_path / "o" / "outcome").read_text() == "ElseSteps"
    assert main([*arguments, "--step", "Refuse"]) == 1
    assert capsys.readouterr().err.startswith("The model was not registered: AUC 1 (at least 0.99")
