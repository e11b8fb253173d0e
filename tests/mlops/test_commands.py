"""`iryo mlops`, as people type it."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mlops import commands

CLI = CliRunner()


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, workplace: Path, records: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(commands, "CACHE", workplace / "cache")
    monkeypatch.setattr(commands, "DATA", records)


def test_run_clinical_says_how_it_went(cold: Any, tmp_path: Path) -> None:
    result = CLI.invoke(commands.mlops, ["run", "clinical", "--out", str(tmp_path / "run")])
    assert result.exit_code == 0, result.output
    assert "Succeeded   Validate (cache)" in result.output
    assert "GoodEnough → IfSteps" in result.output
    assert (tmp_path / "run" / "report.html").is_file()


def test_a_refused_model_ends_with_one(cold: Any, tmp_path: Path) -> None:
    arguments = ["run", "clinical", "--param", "MinimumRecall=1", "--out", str(tmp_path / "run")]
    result = CLI.invoke(commands.mlops, arguments)
    assert result.exit_code == 1
    assert "The model was not registered: AUC" in result.stderr


def test_a_definition_is_written_checked_and_run(cold: Any, tmp_path: Path) -> None:
    file = str(tmp_path / "pipeline.json")
    written = CLI.invoke(commands.mlops, ["definition", "--setting", "lime=false", "--out", file])
    assert written.exit_code == 0
    checked = CLI.invoke(commands.mlops, ["check", file])
    assert (checked.exit_code, checked.stdout) == (0, f"{file}: good\n")
    run = CLI.invoke(commands.mlops, ["run", file, "--out", str(tmp_path / "run")])
    assert run.exit_code == 0, run.output


def test_a_broken_definition_is_told_in_sentences(
    tmp_path: Path, definition: dict[str, Any]
) -> None:
    definition["Steps"][3]["Arguments"]["ResourceConfig"]["InstanceType"] = "ml.m7i.xlargee"
    file = tmp_path / "broken.json"
    file.write_text(json.dumps(definition))
    result = CLI.invoke(commands.mlops, ["check", str(file)])
    assert result.exit_code == 2
    assert result.stderr == (
        f"{file}: step Train: Arguments.ResourceConfig.InstanceType: "
        "ml.m7i.xlargee was given; did you mean ml.m7i.xlarge?\n"
    )
    assert CLI.invoke(commands.mlops, ["run", str(file)]).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["check", "none.json"], "none.json: No such file or directory\n"),
        (["run", "none.json"], "none.json: No such file or directory\n"),
        (
            ["definition", "--setting", "lime"],
            "--setting: 'lime' was given, NAME=VALUE is allowed\n",
        ),
        (
            ["definition", "--setting", "lim=true"],
            "setting lim: there is none; did you mean lime?\n",
        ),
        (
            ["definition", "--setting", "distribution=mpi"],
            "setting distribution: 'mpi' was given, none, torchrun, sagemaker, horovod is allowed\n",
        ),
        (
            ["definition", "--setting", "distribution=horovod"],
            "setting distribution: horovod with training_count 1; none goes with 1, the others with "
            "2 or more\n",
        ),
        (
            ["definition", "--setting", "seed=x"],
            "setting seed: 'x' was given, int is allowed\n",
        ),
        (
            ["run", "clinical", "--param", "X=1"],
            "parameter X: there is none; allowed are InputData, LargestCalibrationError, "
            "LargestRecallGap, MinimumAuc, MinimumRecall\n",
        ),
        (
            ["run", "clinical", "--setting", "dataset=diabetes"],
            "--data: a folder with the records is needed\n",
        ),
        (["run", "clinical", "--data", "nowhere"], "--data: nowhere is no folder\n"),
        (["serve", "none.tar.gz"], "none.tar.gz: no such file\n"),
        (
            ["generate", "argo"],
            "orchestrator 'argo' was given, airflow or kubeflow is allowed\n",
        ),
    ],
)
def test_wrong_input_ends_with_two_and_a_sentence(arguments: list[str], sentence: str) -> None:
    result = CLI.invoke(commands.mlops, arguments)
    assert (result.exit_code, result.stderr) == (2, sentence)


def test_a_file_that_is_not_json(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{")
    result = CLI.invoke(commands.mlops, ["check", "x.json"])
    assert result.exit_code == 2
    assert result.stderr.startswith("x.json: is not JSON")
    (tmp_path / "x.json").write_text("[]")
    assert (
        "an object with Version and Steps" in CLI.invoke(commands.mlops, ["check", "x.json"]).stderr
    )


@pytest.mark.parametrize("orchestrator", ["airflow", "kubeflow"])
def test_other_orchestrators_are_written_for(tmp_path: Path, orchestrator: str) -> None:
    result = CLI.invoke(commands.mlops, ["generate", orchestrator, "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    (module,) = tmp_path.glob("*.py")
    assert result.stdout == f"{module}: written\n"


def test_what_describe_pipeline_prints_is_taken(tmp_path: Path, definition: dict[str, Any]) -> None:
    answer = {"PipelineArn": "arn", "PipelineDefinition": json.dumps(definition)}
    (tmp_path / "x.json").write_text(json.dumps(answer))
    assert CLI.invoke(commands.mlops, ["check", "x.json"]).exit_code == 0


def test_no_other_orchestrator_gets_what_a_template_does_not_know(
    tmp_path: Path, definition: dict[str, Any]
) -> None:
    definition["Steps"][0]["Arguments"]["RoleArn"] = "${Token[Role]}"
    (tmp_path / "x.json").write_text(json.dumps(definition))
    result = CLI.invoke(commands.mlops, ["generate", "airflow", "x.json"])
    assert result.exit_code == 2
    assert "describe-pipeline" in result.stderr
