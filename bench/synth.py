"""How long synthesis with the full gate takes, as whole processes, beside an empty CDK app."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.figure import Figure

ROOT = Path(__file__).parents[1]
EMPTY = "import aws_cdk; aws_cdk.App(outdir='{}', builtin_cloud_formation_validation=False).synth()"
RUNS = 5


def run() -> list[Figure]:
    """Measure one warm-up and five runs of each in turn; the median counts."""
    with tempfile.TemporaryDirectory() as folder:
        app = [sys.executable, "app.py", "production"]
        empty = [sys.executable, "-c", EMPTY.format(f"{folder}/empty")]
        environment = os.environ | {"CDK_OUTDIR": f"{folder}/production"}
        seconds: list[tuple[float, float]] = [
            (_time(app, environment), _time(empty, environment)) for _ in range(RUNS + 1)
        ][1:]
    own = statistics.median(pair[0] for pair in seconds)
    setup = _time(["make", "--silent", "setup"], dict(os.environ))
    ratio = statistics.median(pair[0] / pair[1] for pair in seconds)
    return [
        Figure(name="synth of production, full gate", value=own, unit="s", limit=4.0),
        Figure(name="the same, ratio", value=ratio, unit="x", baseline="an empty CDK app"),
        Figure(name="set-up with nothing changed", value=setup, unit="s", limit=2.0),
    ]


def _time(command: Sequence[str], environment: dict[str, str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    return time.perf_counter() - begin
