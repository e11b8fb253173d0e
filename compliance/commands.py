"""The command `iryo synth`."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

APP = Path(__file__).parents[1] / "app.py"


def synth(
    environment: Annotated[
        str, typer.Option("--environment", "-e", help="A name under environments/, or a file.")
    ] = "dev",
    out: Annotated[Path, typer.Option(help="Where the templates go.")] = Path("cdk.out"),
    gate: Annotated[bool, typer.Option(help="Judge what was synthesised.")] = True,
    waivers: Annotated[bool, typer.Option(help="Print the register of waivers.")] = False,
) -> None:
    """Make the templates of an environment and judge them.

    Exits with 1 on a finding, with 2 on a wrong environment file.
    """
    # The app is started as the CDK CLI starts it, so that both judge the same.
    context = json.loads(os.environ.get("CDK_CONTEXT_JSON", "{}"))
    if not gate:
        context["iryo:gate"] = "off"
    given = {"CDK_OUTDIR": str(out.resolve()), "CDK_CONTEXT_JSON": json.dumps(context)}
    code = subprocess.run(
        [sys.executable, str(APP), environment], check=False, env={**os.environ, **given}
    ).returncode
    register = out / "compliance" / "waivers.csv"
    if waivers and gate and register.is_file():
        typer.echo(register.read_text(encoding="utf-8"), nl=False)
    raise typer.Exit(code)
