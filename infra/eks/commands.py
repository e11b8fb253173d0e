"""`iryo eks`: judge manifests and recorded canaries, mirror charts."""

import json
from pathlib import Path
from typing import Annotated

import typer

from infra.config.eks import EksConfig

eks = typer.Typer(no_args_is_help=True, help="Kubernetes: manifests, canaries, charts.")
NEWEST = EksConfig().version


@eks.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="YAML files of Kubernetes objects")],
    version: Annotated[str, typer.Option(help="Kubernetes version, such as 1.36")] = NEWEST,
) -> None:
    """Judge manifests before they are deployed, one sentence a problem.

    Exit 2 when the API server would refuse one, 1 when only Pod Security or a rule of ours does.
    """
    from infra.eks.manifests.check import problems, read  # noqa: PLC0415 (YAML takes its time)
    from infra.eks.manifests.errors import ManifestError  # noqa: PLC0415

    broken = found = 0
    for file in files:
        try:
            objects = read(file)
            for problem in problems(objects, version, where=str(file)):
                typer.echo(problem.sentence, err=True)
                found += 1
                broken += problem.broken
        except ManifestError as error:
            for sentence in error.sentences:
                typer.echo(sentence, err=True)
            broken += 1
        else:
            typer.echo(f"{file}: {len(objects)} objects judged for Kubernetes {version}")
    if found or broken:
        raise typer.Exit(2 if broken else 1)


@eks.command()
def canary(
    recorded: Annotated[Path, typer.Argument(help="JSON: a list of values for each measure")],
) -> None:
    """Say what the analysis would have decided on recorded metrics; null is a failed query.

    Exit 1 when it would have aborted, 2 when the file is not such a record.
    """
    from infra.eks.manifests.analysis import MEASURES, Decision, decide  # noqa: PLC0415

    names = ", ".join(measure.name for measure in MEASURES)
    try:
        given = json.loads(recorded.read_text(encoding="utf-8"))
        values = {
            measure.name: [None if v is None else float(v) for v in given[measure.name]]
            for measure in MEASURES
        }
    except OSError as error:
        typer.echo(f"{recorded}: cannot be read: {error.strerror}", err=True)
        raise typer.Exit(2) from None
    except (ValueError, TypeError, KeyError):
        typer.echo(f"{recorded}: a JSON object with lists of numbers is wanted: {names}", err=True)
        raise typer.Exit(2) from None
    decision, reason = decide(values)
    typer.echo(f"{decision}: {reason}")
    if decision is Decision.ABORT:
        raise typer.Exit(1)


@eks.command()
def charts(
    environment: Annotated[str, typer.Option("--environment", "-e", help="Environment.")],
) -> None:
    """Print the commands that copy the configured charts into this environment's registry."""
    from infra.config import load, path_of  # noqa: PLC0415 (pydantic takes its time)
    from infra.eks.manifests.charts import CHARTS, mirroring  # noqa: PLC0415

    config = load(path_of(environment))
    account = config.account.id or "$ACCOUNT"
    registry = f"{account}.dkr.ecr.{config.account.region or '$AWS_REGION'}.amazonaws.com"
    for key in CHARTS:
        if chart := getattr(config.eks.charts, key):
            prefix = f"iryo-{config.name}"
            typer.echo("\n".join(mirroring(key, chart, registry=registry, prefix=prefix)))
