"""`iryo config`: check environment files, describe them to editors."""

import json
from pathlib import Path
from typing import Annotated

import typer

from infra.config.errors import ConfigError
from infra.config.load import load
from infra.config.models import EnvironmentConfig

config = typer.Typer(no_args_is_help=True, help="Check and describe environment files.")


@config.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="environment files")],
) -> None:
    """Say of each file whether it can be used; if not, one sentence a mistake and exit 2."""
    wrong = 0
    for file in files:
        try:
            environment = load(file)
        except ConfigError as error:
            wrong += 1
            for sentence in error.sentences:
                typer.echo(sentence, err=True)
        else:
            typer.echo(f"{file}: good ({environment.stage})")
    if wrong:
        raise typer.Exit(2)


@config.command()
def schema(
    out: Annotated[Path | None, typer.Option(help="write to this file")] = None,
) -> None:
    """Print the JSON Schema of an environment file, for completion and checks in an editor."""
    text = json.dumps(EnvironmentConfig.model_json_schema(), indent=2, ensure_ascii=False) + "\n"
    if out is None:
        typer.echo(text, nl=False)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    typer.echo(f"{out}: written")
