"""`iryo config`: check environment files, describe them to editors."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from infra.config.errors import ConfigError, NotJudgedError
from infra.config.load import load
from infra.config.models import EnvironmentConfig

CHECKS: list[Callable[[EnvironmentConfig], list[str]]] = []
"""What rooms judge beyond the file's own rules: each returns sentences without the file's name.

The command line fills it, so that the configuration knows no room.
"""
config = typer.Typer(no_args_is_help=True, help="Check and describe environment files.")


@config.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="environment files")],
) -> None:
    """Say of each file whether it can be used; if not, one sentence a mistake and exit 2.

    Exit 1 when a validator that must be asked is not installed.
    """
    wrong = 0
    for file in files:
        try:
            environment = load(file)
            if found := [mistake for judge in CHECKS for mistake in judge(environment)]:
                raise ConfigError(file, found)
        except ConfigError as error:
            wrong += 1
            for sentence in error.sentences:
                typer.echo(sentence, err=True)
        except NotJudgedError as error:
            typer.echo(f"{file}: not judged: {error}", err=True)
            raise typer.Exit(1) from None
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
