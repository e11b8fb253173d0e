"""A program that can be stopped at any time and goes on where it was.

    checkpoint.py --state FOLDER --steps 1000

Copy its shape: do a step, look whether to stop, save whole or not at all, end with 75.
"""

import argparse
import json
import signal
import sys
import time
from pathlib import Path
from typing import Any

SAVED_FOR_LATER = 75
"""EX_TEMPFAIL: try again later."""


class Worker:
    """Adds up squares, a step each, and remembers how far it got."""

    def __init__(self, folder: Path, *, save_every: int) -> None:
        self._file = folder / "state.json"
        self._save_every = save_every
        self._stop = False
        folder.mkdir(parents=True, exist_ok=True)
        state = self._read()
        self.step = state["step"]
        self.sum = state["sum"]
        self.starts = state["starts"] + 1

    def stop(self, *_: Any) -> None:
        """End after the step at hand."""
        self._stop = True

    def run(self, steps: int, *, pause: float) -> int:
        """Do the rest of the steps; return the exit status."""
        self.save()
        while self.step < steps:
            if self._stop:
                self.save()
                return SAVED_FOR_LATER
            self.sum += self.step**2
            self.step += 1
            if self.step % self._save_every == 0:
                self.save()
            time.sleep(pause)
        self.save()
        return 0

    def save(self) -> None:
        """Write the state whole or not at all."""
        partial = self._file.with_suffix(".partial")
        state = {"step": self.step, "sum": self.sum, "starts": self.starts}
        partial.write_text(json.dumps(state), encoding="utf-8")
        partial.replace(self._file)

    def _read(self) -> dict[str, int]:
        if not self._file.exists():
            return {"step": 0, "sum": 0, "starts": 0}
        state: dict[str, int] = json.loads(self._file.read_text(encoding="utf-8"))
        return state


def main() -> int:
    """Run to the end, or until told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--save-every", type=int, default=100)
    parser.add_argument("--pause", type=float, default=0.01)
    given = parser.parse_args()
    worker = Worker(given.state, save_every=given.save_every)
    for number in (signal.SIGUSR1, signal.SIGTERM):
        signal.signal(number, worker.stop)
    return worker.run(given.steps, pause=given.pause)


if __name__ == "__main__":
    sys.exit(main())
