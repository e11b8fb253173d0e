"""The command `iryo verdicts`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Engine(StrEnum):
    """The engines that can be asked alone, of an assembly on disk."""

    SECOND = "second"


def verdicts(
    folder: Annotated[
        Path, typer.Argument(help="A cloud assembly, as iryo synth leaves it.")
    ] = Path("cdk.out"),
    engine: Annotated[Engine, typer.Option(help="Which engine is asked.")] = Engine.SECOND,
    every: Annotated[bool, typer.Option("--all", help="Show what is in order too.")] = False,
) -> None:
    """Ask one engine alone about templates on disk, and print its verdicts.

    The second engine reads the templates only: neither our rules nor the CDK is asked. Exits with
    1 when it finds something that no waiver excuses, with 2 when there is nothing to judge.
    """
    # The command line starts without engines.
    from compliance.second.alone import judged  # noqa: PLC0415
    from compliance.templates import Assembly, AssemblyError  # noqa: PLC0415
    from compliance.verdicts import RED, Verdict, count  # noqa: PLC0415
    from compliance.waivers import WaiverError  # noqa: PLC0415

    try:
        rows = judged(Assembly(folder))
    except (AssemblyError, WaiverError) as error:
        typer.echo(f"{error}", err=True)
        raise typer.Exit(2) from None
    for row in rows:
        if every or row.verdict is not Verdict.PASS:
            said = "" if row.verdict is Verdict.PASS else f": {row.message}"
            typer.echo(f"{row.verdict:<6} {row.rule} {row.path}{said}")
    counts = {verdict: number for verdict, number in count(rows).items() if number}
    shown = ", ".join(f"{number} {verdict}" for verdict, number in counts.items())
    typer.echo(f"{engine}: {shown or 'nothing here is among its types'}")
    raise typer.Exit(1 if any(row.verdict in RED for row in rows) else 0)
