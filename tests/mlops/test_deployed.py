"""The definitions in production's templates, taken from there and run on the laptop."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mlops import commands
from mlops.pipeline_definition.deployed import TemplateError, definitions, named
from mlops.runner.run import Options, run
from mlops.runner.state import Status
from tests.conftest import Assembly
from tests.mlops.conftest import Run

CLI = CliRunner()


@pytest.fixture(scope="module")
def templates(assembly: Callable[[str], Assembly]) -> Path:
    return assembly("production").outdir


@pytest.fixture(scope="module")
def production(
    templates: Path, records: Path, workplace: Path, _socket_module: None
) -> tuple[Run, Path]:
    """Production's clinical pipeline, run here, Feature Store included."""
    name, definition = named(templates, "clinical")
    folder = workplace / "production"
    done = run(definition, Options(folder=folder, name=name, data=records))
    return Run(done, folder), folder


@pytest.fixture(scope="module")
def _socket_module() -> None:
    """The Feature Store of the laptop listens on the loopback interface."""
    from pytest_socket import enable_socket

    enable_socket()


def test_what_would_be_deployed_registers_a_model_here(production: tuple[Run, Path]) -> None:
    done, folder = production
    assert done.result.status is Status.SUCCEEDED, done.result.reason
    assert (folder / "registry" / "iryo-production-breast-cancer" / "1.json").is_file()


def test_the_feature_store_takes_the_same_calls_here(production: tuple[Run, Path]) -> None:
    _, folder = production
    lines = (folder / "feature_store" / "iryo-production-breast-cancer.ndjson").read_text()
    records = [json.loads(line) for line in lines.splitlines()]
    assert len(records) == 569
    assert {record["part"] for record in records} == {"train", "validation", "test"}
    assert all(record["event_time"] and record["sample"] for record in records)
    assert "AWS_SECRET" not in (folder / "steps" / "Features" / "arguments.json").read_text()


def test_the_drift_check_takes_folders_for_places(
    production: tuple[Run, Path], templates: Path, records: Path, tmp_path: Path
) -> None:
    done, _ = production
    name, definition = named(templates, "clinical-drift")
    given = {
        "Baseline": str(done.output("Prepare", "baseline")),
        "Explanation": str(done.output("Explain", "explanation")),
        "Model": str(done.model.parent),
    }
    result = run(definition, Options(folder=tmp_path, name=name, data=records, parameters=given))
    assert result.status is Status.SUCCEEDED, result.reason


def test_the_scoring_pipeline_takes_an_archive(
    production: tuple[Run, Path], templates: Path, tmp_path: Path
) -> None:
    done, _ = production
    _, definition = named(templates, "scoring")
    lines = (done.output("Prepare", "test") / "records.csv").read_text().splitlines()[1:4]
    (tmp_path / "in").mkdir()
    rows = [",".join(line.split(",")[1:-1]) for line in lines]
    (tmp_path / "in" / "a.csv").write_text("\n".join(rows))

    def scored(model: str) -> Any:
        given = {"ModelName": model}
        return run(definition, Options(folder=tmp_path, data=tmp_path / "in", parameters=given))

    assert scored(str(done.model)).status is Status.SUCCEEDED
    (answers,) = (tmp_path / "s3").rglob("a.csv.out")
    assert len(answers.read_text().splitlines()) == 3
    assert scored("none").reason == (
        "step Score: ModelName: none is neither made by a step before nor a model.tar.gz of the laptop"
    )
    (tmp_path / "broken.tar.gz").write_bytes(b"x")
    assert scored(str(tmp_path / "broken.tar.gz")).reason.startswith("step Score: ModelName: ")


def test_a_folder_of_templates_is_checked_as_a_whole(templates: Path) -> None:
    result = CLI.invoke(commands.mlops, ["check", str(templates)])
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        f"{templates}: iryo-production-{name}: good"
        for name in ("clinical", "clinical-drift", "clinical-quality", "scoring")
    ]


def test_a_wrong_definition_in_a_template_is_named(templates: Path, tmp_path: Path) -> None:
    found = definitions(templates)["iryo-production-clinical"]
    found["Steps"][0]["Arguments"]["Tags"] = []
    pipeline = {
        "Type": "AWS::SageMaker::Pipeline",
        "Properties": {
            "PipelineName": {"Fn::Join": ["-", ["a", {"Ref": "AWS::Region"}]]},
            "PipelineDefinition": {"PipelineDefinitionBody": json.dumps(found)},
        },
    }
    file = tmp_path / "x.template.json"
    file.write_text(json.dumps({"Resources": {"P": pipeline}}))
    result = CLI.invoke(commands.mlops, ["check", str(file)])
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{file}: a-ap-northeast-1: step Validate: Arguments.Tags")


def test_a_name_that_fits_none_or_several(templates: Path, tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="did you mean iryo-production-clinical"):
        named(templates, "iryo-production-clinicla")
    result = CLI.invoke(commands.mlops, ["run", str(templates)])
    assert result.exit_code == 2
    assert "no name was given; allowed are iryo-production-clinical, " in result.stderr
    assert CLI.invoke(commands.mlops, ["check", str(tmp_path)]).stderr == (
        f"{tmp_path}: there is no template with a SageMaker pipeline\n"
    )
