"""`iryo assets`: the Lambda layers of every environment and of the rehearsal."""

from typing import Annotated

import typer

from infra.assets import LOCAL, AssetError, build_layer, platform_of
from infra.config import ENVIRONMENTS, load


def assets(
    force: Annotated[bool, typer.Option(help="build even what is already there")] = False,
) -> None:
    """Build the Lambda layers that environments/*.toml ask for, and the rehearsal's own."""
    wanted = {LOCAL}
    for file in sorted(ENVIRONMENTS.glob("*.toml")):
        functions = load(file).functions
        wanted.add(platform_of(functions.python, functions.architecture))
    for platform in sorted(wanted):
        try:
            built = build_layer(platform, force=force)
        except AssetError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from None
        typer.echo(f"layer {platform}: {'built' if built else 'unchanged'}")
