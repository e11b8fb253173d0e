"""A job's container, as a process: /opt/ml is a folder of its own, the environment is only its own.

What differs from SageMaker: the image is not used, and the network is not cut off.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlops.runner.errors import StepFailedError

PROJECT = Path(__file__).parents[2]
_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "SYSTEMROOT")
CRASHED = "SageMaker.JOB_INTERNAL_ERROR"
NOT_STARTED = "Step.SERVICE_FAULT"


@dataclass(frozen=True, kw_only=True)
class Container:
    """One host of a job; `folder` holds opt/ml and the log."""

    folder: Path
    environment: Mapping[str, str]
    seconds: int

    @property
    def root(self) -> Path:
        """What stands for /opt/ml."""
        return self.folder / "opt" / "ml"

    @property
    def log(self) -> Path:
        """Everything that the process printed."""
        return self.folder / "log.txt"

    def path(self, inside: str) -> Path:
        """Return what stands for a path; raises StepFailedError when it is not below /opt/ml."""
        relative = Path(inside).relative_to("/opt/ml") if inside.startswith("/opt/ml/") else None
        if relative is None or ".." in relative.parts:
            raise StepFailedError(f"path {inside}: only paths below /opt/ml exist on the laptop")
        return self.root / relative

    def write(self, inside: str, value: Any) -> None:
        """Write a JSON file of the contract, for example input/config/hyperparameters.json."""
        file = self.root / inside
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(value, indent=1), encoding="utf-8")

    def start(self, command: Sequence[str]) -> "subprocess.Popen[bytes]":
        """Start the process; raises StepFailedError when there is no such program."""
        self.root.mkdir(parents=True, exist_ok=True)
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        environment = {
            **kept,
            "PYTHONPATH": str(PROJECT),
            "PYTHONDONTWRITEBYTECODE": os.environ.get("PYTHONDONTWRITEBYTECODE", ""),
            "HOME": str(self.folder),
            # Several steps run at once: one thread each keeps them from fighting over the cores.
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            **{k: v for k, v in os.environ.items() if k.startswith("OPENBLAS_CORE")},
            **self.environment,
            "ML_ROOT": str(self.root),
        }
        translated = [self._translate(part) for part in command]
        with self.log.open("ab") as log:
            try:
                return subprocess.Popen(
                    translated,
                    cwd=self.folder,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )
            except OSError as error:
                reason = f"{command[0]} cannot be started: {error.strerror}"
                raise StepFailedError(reason, fault=NOT_STARTED) from None

    def _translate(self, part: str) -> str:
        if part in ("python", "python3"):
            return sys.executable
        return str(self.path(part)) if part.startswith("/opt/ml/") else part

    def finish(self, process: "subprocess.Popen[bytes]") -> None:
        """Wait for the process; raises StepFailedError with the reason it left, or how it ended."""
        try:
            code = process.wait(self.seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise StepFailedError(f"stopped after MaxRuntimeInSeconds, {self.seconds} s") from None
        if code == 0:
            return
        for name in ("failure", "message"):
            file = self.root / "output" / name
            if file.is_file() and (text := file.read_text(encoding="utf-8").strip()):
                raise StepFailedError(text)
        if code < 0:
            raise StepFailedError(f"the process was killed by signal {-code}", fault=CRASHED)
        last = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        raise StepFailedError(f"exit code {code}: {last[-1] if last else 'nothing was printed'}")
