"""`iryo mlops`: check pipeline definitions, run them here, serve the models they make."""

# Imports stand inside the commands so that `iryo --help` is quick.
# ruff: noqa: PLC0415

import json
import sys
import time
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

mlops = typer.Typer(
    no_args_is_help=True, help="Pipelines, models and drift, on the laptop as in AWS."
)

Settings = Annotated[
    list[str] | None,
    typer.Option("--setting", help="of the clinical pipeline, for example dataset=diabetes"),
]
Pipeline = Annotated[
    str, typer.Argument(help="clinical, or a definition's file, a template, a folder of templates")
]
Name = Annotated[
    str | None, typer.Option(help="which pipeline of the template, for example clinical-drift")
]
DESCRIBE = "give the file that `aws sagemaker describe-pipeline` prints"
RUNS = Path("build/mlops/runs")
CACHE = Path("build/mlops/cache")
DATA = Path("build/mlops/breast_cancer")


@mlops.command()
def check(
    files: Annotated[
        list[Path], typer.Argument(help="definitions as JSON, templates, or folders of these")
    ],
) -> None:
    """Say of each definition whether it may be deployed; if not, one sentence a mistake, exit 2."""
    from mlops.pipeline_definition import check as problems_of

    wrong = 0
    for place, document in (item for file in files for item in _all(file).items()):
        problems = problems_of(document)
        wrong += bool(problems)
        for problem in problems:
            typer.echo(f"{place}: {problem}", err=True)
        if not problems:
            typer.echo(f"{place}: good")
    if wrong:
        raise typer.Exit(2)


@mlops.command()
def definition(
    pipeline: Pipeline = "clinical",
    setting: Settings = None,
    name: Name = None,
    out: Annotated[Path | None, typer.Option(help="write to this file")] = None,
) -> None:
    """Print a definition: the clinical one with a made-up account, or one of a template."""
    _, document = _document(pipeline, setting, name)
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    if out is None:
        typer.echo(text, nl=False)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    typer.echo(f"{out}: written")


@mlops.command()
def run(  # noqa: PLR0917 (Typer gives each option by keyword)
    pipeline: Pipeline,
    data: Annotated[Path | None, typer.Option(help="folder with the records")] = None,
    param: Annotated[
        list[str] | None,
        typer.Option(help="parameter, as NAME=VALUE; a folder where the default is an S3 URI"),
    ] = None,
    setting: Settings = None,
    name: Name = None,
    out: Annotated[Path | None, typer.Option(help="folder of the run")] = None,
    cache: Annotated[bool, typer.Option(help="reuse results with the same inputs")] = True,
    jobs: Annotated[int, typer.Option(min=1, max=16, help="steps at once")] = 2,
) -> None:
    """Run a pipeline here, without Docker or AWS; exit 1 when it ends as Failed."""
    from mlops.pipeline_definition import DefinitionError
    from mlops.runner.errors import RunError
    from mlops.runner.run import Options
    from mlops.runner.run import run as run_definition
    from mlops.runner.state import Status, StepResult

    called, document = _document(pipeline, setting, name)
    folder = out or RUNS / time.strftime("%Y%m%d-%H%M%S")

    def progress(step: StepResult) -> None:
        note = " (cache)" if step.cached else f" → {step.outcome}" if step.outcome else ""
        typer.echo(f"{step.seconds:6.1f} s  {step.status:<11} {step.name}{note}")

    try:
        options = Options(
            folder=folder,
            name=called,
            data=data or _bundled(document),
            parameters=dict(_pair(text, "--param") for text in param or ()),
            cache=CACHE if cache else None,
            jobs=jobs,
            progress=progress,
        )
        result = run_definition(document, options)
    except (RunError, DefinitionError) as error:
        _refuse(str(error))
    typer.echo(f"{result.status} in {result.seconds:.1f} s; report: {folder / 'report.html'}")
    if result.status is Status.FAILED:
        typer.echo(result.reason, err=True)
        raise typer.Exit(1)


@mlops.command()
def generate(  # noqa: PLR0917 (Typer gives each option by keyword)
    orchestrator: Annotated[str, typer.Argument(help="airflow or kubeflow")],
    pipeline: Pipeline = "clinical",
    setting: Settings = None,
    name: Name = None,
    image: Annotated[str | None, typer.Option(help="of Kubeflow's tasks; else the jobs'")] = None,
    schedule: Annotated[str | None, typer.Option(help="of Airflow, for example @weekly")] = None,
    out: Annotated[Path, typer.Option(help="folder to write into")] = Path("build/mlops/generated"),
) -> None:
    """Write the same pipeline for another orchestrator, which starts the same SageMaker jobs."""
    from mlops.orchestration import airflow, kubeflow
    from mlops.pipeline_definition.deployed import has_token

    called, document = _document(pipeline, setting, name)
    if has_token(json.dumps(document)):
        _refuse(f"{pipeline}: a template does not know roles and buckets yet; {DESCRIBE}")
    try:
        if orchestrator == "airflow":
            written = airflow.write(document, out, name=called, schedule=schedule)
        elif orchestrator == "kubeflow":
            written = kubeflow.write(document, out, name=called, image=image)
        else:
            _refuse(f"orchestrator {orchestrator!r} was given, airflow or kubeflow is allowed")
    except ValueError as error:
        _refuse(str(error))
    typer.echo(f"{written}: written")


@mlops.command()
def serve(
    model: Annotated[Path, typer.Argument(help="model.tar.gz")],
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8080,
    host: Annotated[str, typer.Option()] = "127.0.0.1",
    fingerprint: Annotated[str | None, typer.Option(help="refuse any other model")] = None,
) -> None:
    """Serve a model archive with the server that SageMaker, ECS and EKS run."""
    import tempfile

    from mlops.inference.archive import ArchiveError, unpack
    from mlops.inference.server import serve as serve_folder

    with tempfile.TemporaryDirectory() as folder:
        try:
            unpack(model, Path(folder))
            serve_folder(Path(folder), host, port, fingerprint)
        except ArchiveError as error:
            _refuse(str(error))
        except OSError as error:
            _refuse(f"port {port}: {error.strerror}")


def _clinical(setting: list[str] | None) -> dict[str, Any]:
    from mlops.pipeline_definition import DefinitionError, clinical_pipeline, example_settings
    from mlops.pipeline_definition.settings import SettingError, setting_values

    try:
        pairs = dict(_pair(text, "--setting") for text in setting or ())
        return clinical_pipeline(example_settings(**setting_values(pairs))).to_definition()
    except (SettingError, DefinitionError) as error:
        _refuse(str(error))


def _document(
    pipeline: str, setting: list[str] | None, name: str | None
) -> tuple[str, dict[str, Any]]:
    """Return a pipeline's name and definition, wherever it stands."""
    from mlops.pipeline_definition.deployed import TemplateError, is_template, named

    if pipeline == "clinical":
        return "iryo-clinical", _clinical(setting)
    path = Path(pipeline)
    if not path.is_dir() and not is_template(document := _read(path)):
        return path.stem, document
    try:
        return named(path, name)
    except (TemplateError, ValueError) as error:
        _refuse(str(error))


def _all(file: Path) -> dict[str, dict[str, Any]]:
    """Return every definition of a file or folder by the place that a sentence names."""
    from mlops.pipeline_definition.deployed import TemplateError, definitions, is_template

    if not file.is_dir() and not is_template(document := _read(file)):
        return {str(file): document}
    try:
        return {f"{file}: {name}": found for name, found in definitions(file).items()}
    except (TemplateError, ValueError) as error:
        _refuse(str(error))


def _read(file: Path) -> dict[str, Any]:
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        _refuse(f"{file}: {error.strerror}")
    except ValueError as error:
        _refuse(f"{file}: is not JSON: {error}")
    if isinstance(value, dict) and isinstance(value.get("PipelineDefinition"), str):
        value = json.loads(value["PipelineDefinition"])  # as describe-pipeline prints it
    if not isinstance(value, dict):
        _refuse(f"{file}: an object with Version and Steps is needed")
    return value


def _bundled(document: dict[str, Any]) -> Path:
    """Return the bundled data for a definition that is about them; otherwise ask for --data."""
    from mlops.runner.errors import RunError

    if '"DATASET": "breast_cancer"' not in json.dumps(document):
        raise RunError("--data: a folder with the records is needed")
    if not (DATA / "records.csv").is_file():
        from mlops.steps.bundled import wisconsin

        wisconsin(DATA)
    return DATA


def _pair(text: str, option: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        _refuse(f"{option}: {text!r} was given, NAME=VALUE is allowed")
    return name, value


def _refuse(sentence: str) -> NoReturn:
    sys.stderr.write(f"{sentence}\n")
    raise typer.Exit(2)
