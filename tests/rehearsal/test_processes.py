"""A program that is run is heard, timed out and cleared away."""

import sys
from pathlib import Path

import pytest

from rehearsal.processes import run
from tests.rehearsal.helpers import running, wait_until

# Starts a child, tells both process ids and waits.
FAMILY = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(os.getpid(), child.pid, flush=True)
time.sleep(60)
"""


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_lines_are_heard_and_kept(tmp_path: Path) -> None:
    heard: list[str] = []
    log = tmp_path / "log"
    code = "import sys; print('one'); print('two', file=sys.stderr); sys.exit(3)"
    code_returned = run(python(code), cwd=tmp_path, env={}, log=log, timeout=20, hear=heard.append)
    assert code_returned == 3
    assert sorted(heard) == ["one", "two"]
    assert log.read_text().splitlines()[0].startswith("$ ")


def test_what_takes_too_long_is_ended_with_its_children(tmp_path: Path) -> None:
    heard: list[str] = []
    code = run(
        python(FAMILY), cwd=tmp_path, env={}, log=tmp_path / "log", timeout=1.5, hear=heard.append
    )
    assert code == 124
    family = {int(pid) for pid in heard[0].split()}
    assert len(family) == 2
    assert wait_until(lambda: not running(family))


def test_an_interrupt_ends_it_with_its_children(tmp_path: Path) -> None:
    family: set[int] = set()

    def interrupt(line: str) -> None:
        family.update(int(pid) for pid in line.split())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(python(FAMILY), cwd=tmp_path, env={}, log=tmp_path / "log", timeout=20, hear=interrupt)
    assert len(family) == 2
    assert wait_until(lambda: not running(family))
