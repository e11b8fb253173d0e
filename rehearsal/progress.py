"""What the person at the terminal sees: one line a phase, with seconds; figures as they move."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


class Progress:
    """Writes to standard error and remembers how long each phase took."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._start = time.monotonic()
        self._shown = ""
        self.seconds: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time a part of the rehearsal; a failing one is timed too."""
        begin = time.monotonic()
        self.update(name)
        try:
            yield
        finally:
            self.seconds[name] = round(time.monotonic() - begin, 2)
            self.line(f"{name}: {self.seconds[name]:.1f} s")

    def update(self, text: str) -> None:
        """Show where things are: on a terminal the line is overwritten, elsewhere left out."""
        if not self._live:
            return
        self._wipe()
        self._shown = f"{self._elapsed()}  {text}"[:100]
        self._stream.write(self._shown)
        self._stream.flush()

    def line(self, text: str) -> None:
        """Write a line that stays."""
        self._wipe()
        self._stream.write(f"{self._elapsed()}  {text}\n")
        self._stream.flush()

    def _wipe(self) -> None:
        if self._shown:
            self._stream.write("\r" + " " * len(self._shown) + "\r")
            self._shown = ""

    def _elapsed(self) -> str:
        return f"{time.monotonic() - self._start:5.1f} s"
