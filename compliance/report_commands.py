"""The commands `iryo report build` and `iryo report diff`."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from compliance.commands import APP
from compliance.evidence import BASE, FOLDER

if TYPE_CHECKING:
    from compliance.evidence.changes import Change

WRONG = 2
HEADINGS = {
    "newly-failing": "Newly failing",
    "newly-waived": "Newly waived",
    "control-dropped": "Controls dropped",
    "iam-widened": "IAM widened",
    "fixed": "Fixed",
    "waiver-ended": "Waivers no longer needed",
}

report = typer.Typer(no_args_is_help=True, help="The evidence: build it, compare it.")


@report.command()
def build(
    environment: Annotated[
        str, typer.Option("--environment", "-e", help="A name under environments/, or a file.")
    ] = "dev",
    out: Annotated[Path, typer.Option(help="Where templates and report go.")] = Path("cdk.out"),
    base: Annotated[
        Path | None, typer.Option(help="An older report, to show what changed since.")
    ] = None,
) -> None:
    """Synthesise, judge, and write the report to compliance/ beside the templates.

    Exits with 1 on a finding (the report says which), with 2 on a wrong environment or base.
    """
    context = json.loads(os.environ.get("CDK_CONTEXT_JSON", "{}"))
    if base is not None:
        _load(base)
        context[BASE] = str(base.resolve())
    given = {"CDK_OUTDIR": str(out.resolve()), "CDK_CONTEXT_JSON": json.dumps(context)}
    code = subprocess.run(
        [sys.executable, str(APP), environment], check=False, env={**os.environ, **given}
    ).returncode
    page = out / FOLDER / "report.html"
    if code != WRONG and page.is_file():
        typer.echo(f"report: {page}")
    raise typer.Exit(code)


@report.command()
def diff(
    base: Annotated[Path, typer.Argument(help="A report.json, or a cdk.out that holds one.")],
    new: Annotated[Path, typer.Argument(help="The report to compare with it.")],
) -> None:
    """Say, as Markdown, what is worse and what is better in NEW than in BASE.

    Exits with 1 on a regression, with 2 when one of the two is no report that can be compared.
    """
    from compliance.evidence import changes, load  # noqa: PLC0415 (iryo --help is to be quick)
    from compliance.evidence.errors import ReportError  # noqa: PLC0415

    try:
        now = load.load(new)
        found = changes.between(load.base_for(base, now["environment"]), now)
    except ReportError as error:
        _refuse(error)
    typer.echo(_markdown(found))
    raise typer.Exit(1 if changes.regressions(found) else 0)


def _load(base: Path) -> None:
    from compliance.evidence import load  # noqa: PLC0415
    from compliance.evidence.errors import ReportError  # noqa: PLC0415

    try:
        load.load(base)
    except ReportError as error:
        _refuse(error)


def _refuse(error: Exception) -> NoReturn:
    typer.echo(str(error), err=True)
    raise typer.Exit(WRONG)


def _markdown(found: Sequence["Change"]) -> str:
    if not found:
        return "No change."
    lines = []
    for kind, heading in HEADINGS.items():
        of_kind = [change for change in found if change.kind == kind]
        if of_kind:
            lines += [f"## {heading} ({len(of_kind)})", "", *map(_line, of_kind), ""]
    return "\n".join(lines).rstrip()


def _line(change: "Change") -> str:
    where = f" on `{change.path}`" if change.path and change.path != change.id else ""
    way = " → ".join(f"`{state}`" for state in (change.before, change.after) if state)
    return f"- {change.what} `{change.id}`{where}" + (f": {way}" if way else "")
