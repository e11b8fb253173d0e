"""How long `make test` takes, everything set up and the caches of the checkers warm."""

import subprocess
import time
from pathlib import Path

from bench.figure import Figure

ROOT = Path(__file__).parents[1]
LIMIT = 120.0


def run() -> list[Figure]:
    """Measure the second of two runs. Raises RuntimeError when a test fails."""
    for _ in range(2):
        begin = time.monotonic()
        done = subprocess.run(
            ["make", "--silent", "test"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.monotonic() - begin
        if done.returncode:
            raise RuntimeError(f"make test failed: {done.stdout[-2000:]}")
    count = done.stdout.rsplit(" passed", 1)[0].rsplit(None, 1)[-1]
    name = f"make test, {count} tests, checkers' caches warm"
    return [Figure(name=name, value=seconds, unit="s", limit=LIMIT)]
