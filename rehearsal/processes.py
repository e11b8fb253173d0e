"""Run a program, hear its lines, and leave nothing of it behind."""

import ctypes
import os
import signal
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def run(
    command: list[str],
    *,
    cwd: Path,
    env: dict[str, str],
    log: Path,
    timeout: float,
    hear: Callable[[str], None] = lambda _line: None,
) -> int:
    """Run a command to its end and return its exit code, 124 when it took more than `timeout`.

    Every line goes to the log and to `hear`. Whatever happens here, an interrupt too, the
    command and all it started are gone when this returns.
    """
    with log.open("a") as copy:
        copy.write(f"$ {' '.join(command)}\n")
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 (no other thread is in need of a lock)
        )
        overdue = threading.Event()

        def expire() -> None:
            overdue.set()
            _kill(process)

        timer = threading.Timer(timeout, expire)
        timer.daemon = True
        timer.start()
        try:
            for line in process.stdout or ():
                copy.write(line)
                copy.flush()
                hear(line.rstrip("\n"))
            code = process.wait()
        finally:
            timer.cancel()
            _kill(process)
            process.wait()
    return 124 if overdue.is_set() else code


def _kill(process: subprocess.Popen[str]) -> None:
    """Kill the group that the command leads: the CLI and the app it runs."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _die_with_parent() -> None:
    """Ask the kernel (Linux) to end the command when this process is killed outright."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
