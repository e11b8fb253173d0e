"""The command `iryo guard`."""

import json
from datetime import date
from typing import Annotated

import typer

NOTHING = "guard: git has no earlier snapshots here, so nothing was compared; name a BASE"


def guard(
    base: Annotated[
        str | None,
        typer.Argument(
            help="A cdk.out, a folder of snapshots, git:REVISION, or `deployed` for what AWS has."
        ),
    ] = None,
    new: Annotated[
        str | None, typer.Argument(help="Likewise; the snapshots of this checkout when left out.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Refuse a change that would replace, lose or weaken stateful data.

    Exits with 1 when something is refused or a declaration is wrong, with 2 on wrong input.
    """
    from compliance.guard.errors import GuardError  # noqa: PLC0415
    from compliance.guard.judge import judge  # noqa: PLC0415
    from compliance.guard.sources import sides  # noqa: PLC0415

    try:
        before, after = sides(base, new)
        answer = judge(before, after, today=date.today()) if before else None
    except GuardError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    if answer is None:
        typer.echo(json.dumps({"passes": True, "notes": [NOTHING]}) if as_json else NOTHING)
        return
    if as_json:
        typer.echo(json.dumps(answer.to_json(), indent=2, ensure_ascii=False))
    else:
        for one in answer.refused:
            typer.echo(f"REFUSED {one.sentence}")
        for sentence in answer.complaints:
            typer.echo(f"REFUSED {sentence}")
        for one in answer.unsure:
            typer.echo(f"unsure: {one.sentence}")
        for one in answer.declared:
            typer.echo(f"declared: {one.sentence}")
        for sentence in answer.notes:
            typer.echo(f"note: {sentence}")
        typer.echo(answer.summary)
    raise typer.Exit(0 if answer.passes else 1)
