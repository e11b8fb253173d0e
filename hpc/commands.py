"""`iryo hpc`: prove clusters, show what would be deployed, and what it costs."""

from pathlib import Path
from typing import Annotated

import typer

from infra.config import EnvironmentConfig

hpc = typer.Typer(no_args_is_help=True, help="Slurm clusters: check, render, cost.")

PriceFile = Annotated[Path | None, typer.Option("--prices", help="file of prices")]


@hpc.command()
def check(
    file: Annotated[Path, typer.Argument(help="environment file, or ParallelCluster YAML")],
    name: Annotated[str, typer.Option(help="cluster name, for a bare YAML")] = "cluster",
    subnet: Annotated[
        list[str] | None, typer.Option(help="ID=CIDR@ZONE, for a bare YAML; may be repeated")
    ] = None,
    prices: PriceFile = None,
) -> None:
    """Say whether clusters can be deployed; if not, a sentence a mistake and exit 2."""
    from hpc.check_command import check_environment, check_yaml  # noqa: PLC0415 (slow to import)

    if file.suffix in (".yaml", ".yml"):
        check_yaml(file, name=name, subnets=subnet or [])
    else:
        check_environment(file, prices=prices)


@hpc.command()
def render(
    file: Annotated[Path, typer.Argument(help="environment file")],
    cluster: Annotated[str | None, typer.Option(help="only this cluster")] = None,
) -> None:
    """Print the configuration that AWS would be given, with stand-ins for ids."""
    from hpc.check_command import render_environment  # noqa: PLC0415 (slow to import)

    render_environment(file, only=cluster)


@hpc.command()
def plan(
    old: Annotated[Path, typer.Argument(help="ParallelCluster YAML as it is")],
    new: Annotated[Path, typer.Argument(help="ParallelCluster YAML as it is to be")],
) -> None:
    """Say what an update would do: at once, after draining the nodes, or not at all (exit 1)."""
    from hpc.check_command import plan_update  # noqa: PLC0415 (slow to import)

    plan_update(old, new)


def hpc_mistakes(config: EnvironmentConfig) -> list[str]:
    """Return what `iryo config check` must say of `[hpc]`. Raises NotJudgedError."""
    if not config.hpc.wanted:
        return []
    from hpc.validation.environment import mistakes  # noqa: PLC0415 (slow to import)

    return mistakes(config)
