"""The command `iryo kill`."""

import sys
import time
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

SCORE = Path("build/kill/score.json")


def kill(
    environment: Annotated[
        str, typer.Option("--environment", "-e", help="A name under environments/, or a file.")
    ] = "production",
    score: Annotated[Path, typer.Option(help="Where the score goes, for the report.")] = SCORE,
) -> None:
    """Break every rule on purpose, and see that the gate turns red for the right reason.

    Exits with 1 when a mutant survives or a rule is never broken, with 2 when nothing can be tried.
    """
    from compliance.kill.changes import MutantError  # noqa: PLC0415 (slow)
    from compliance.kill.run import run  # noqa: PLC0415

    # Only the app knows all rooms, and it knows the gate: not the other way round.
    app_module = import_module("app")
    started = time.perf_counter()
    with TemporaryDirectory() as folder:
        config = app_module.load(app_module.path_of(environment))
        app = app_module.build_app(config, Path(folder), validate=False)
        app.synth()
        try:
            found = run(app, config, Path(folder), tell=_tell)
        except MutantError as error:
            typer.echo(f"{error}", err=True)
            raise typer.Exit(2) from None
    found.write(score)
    for survivor in sorted(found.survivors):
        typer.echo(f"survived: {survivor}")
    for rule in sorted(found.unbroken):
        typer.echo(f"never broken: {rule}")
    seconds = time.perf_counter() - started
    typer.echo(
        f"kill: {found.killed} of {found.total} mutants killed, {len(found.by_rule)} rules, "
        f"{environment}, {seconds:.0f} s ({score})"
    )
    if found.absent:
        typer.echo(f"kill: {environment} has no resource for {', '.join(sorted(found.absent))}")
    raise typer.Exit(0 if found.perfect else 1)


def _tell(done: int, total: int) -> None:
    """Show on a terminal how far it is."""
    if sys.stderr.isatty():
        end = "\n" if done == total else ""
        sys.stderr.write(f"\r{done} of {total} mutants{end}")
        sys.stderr.flush()
