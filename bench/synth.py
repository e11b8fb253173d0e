"""How long synthesis with the full gate takes, as whole processes, beside an empty CDK app."""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.figure import Figure

ROOT = Path(__file__).parents[1]
PRODUCTION = ROOT / "environments" / "production.toml"
OPTIONAL = ("rooms", "registry", "edge", "ecs", "eks", "services", "mlops", "hpc")
"""The tables of production's file that are about rooms which can be switched off."""
EMPTY = "import aws_cdk; aws_cdk.App(outdir='{}', builtin_cloud_formation_validation=False).synth()"
RUNS = 5


def run() -> list[Figure]:
    """Measure one warm-up and five runs of each in turn; the median counts."""
    with tempfile.TemporaryDirectory() as folder:
        ingestion = Path(folder) / "ingestion.toml"
        ingestion.write_text(_ingestion_alone(), encoding="utf-8")
        commands = {
            "ingestion": [sys.executable, "app.py", str(ingestion)],
            "everything": [sys.executable, "app.py", "production"],
            "empty": [sys.executable, "-c", EMPTY.format(f"{folder}/empty-app")],
        }
        rounds = [
            {
                name: _time(command, os.environ | {"CDK_OUTDIR": f"{folder}/{name}"})
                for name, command in commands.items()
            }
            for _ in range(RUNS + 1)
        ][1:]
    seconds = {name: statistics.median(one[name] for one in rounds) for name in commands}
    setup = _time(["make", "--silent", "setup"], dict(os.environ))
    ratio = statistics.median(one["everything"] / one["empty"] for one in rounds)
    return [
        Figure(
            name="synth of production without optional rooms, full gate",
            value=seconds["ingestion"],
            unit="s",
            limit=4.0,
        ),
        Figure(
            name="synth of production with all ten rooms, full gate",
            value=seconds["everything"],
            unit="s",
        ),
        Figure(name="the same, ratio", value=ratio, unit="x", baseline="an empty CDK app"),
        Figure(name="set-up with nothing changed", value=setup, unit="s", limit=2.0),
    ]


def _ingestion_alone() -> str:
    """Return production's file without the tables of optional rooms."""
    kept, keeps = [], True
    for line in PRODUCTION.read_text(encoding="utf-8").splitlines():
        if table := re.match(r"\[+(\w+)", line):
            keeps = table[1] not in OPTIONAL
        if keeps:
            kept.append(line)
    return "\n".join(kept)


def _time(command: Sequence[str], environment: dict[str, str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    return time.perf_counter() - begin
