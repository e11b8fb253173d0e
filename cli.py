"""The one command line: `iryo --help`. Each room gives its sub-command."""

import sys

import typer

from compliance.commands import synth
from compliance.guard_commands import guard
from compliance.kill_commands import kill
from compliance.report_commands import report
from compliance.second.commands import verdicts
from hpc.commands import hpc, hpc_mistakes
from infra.assets_commands import assets
from infra.config import ConfigError
from infra.config.commands import CHECKS, config
from infra.eks.commands import eks
from infra.ingestion.commands import deidentify
from infra.ingestion.replay_commands import replay
from mlops.commands import mlops
from rehearsal.commands import rehearse

iryo = typer.Typer(
    name="iryo",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Iryo: a medical-grade AWS platform. Synthesise, de-identify, rehearse.",
)
CHECKS.append(hpc_mistakes)
iryo.add_typer(config, name="config")
iryo.add_typer(eks, name="eks")
iryo.add_typer(hpc, name="hpc")
iryo.add_typer(mlops, name="mlops")
iryo.add_typer(report, name="report")
iryo.command()(synth)
iryo.command()(verdicts)
iryo.command()(guard)
iryo.command()(kill)
iryo.command()(deidentify)
iryo.command()(replay)
iryo.command()(rehearse)
iryo.command()(assets)


def main() -> None:
    """Run the command line; a wrong environment file ends with its sentences and exit 2."""
    try:
        iryo()
    except ConfigError as error:
        sys.stderr.write("\n".join(error.sentences) + "\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
