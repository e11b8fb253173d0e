"""Which processes there are, by /proc."""

import time
from collections.abc import Callable
from pathlib import Path


def children(pid: int) -> set[int]:
    """Every process that descends from one, itself included, by /proc."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            parents[int(entry.name)] = int(stat.rsplit(")", 1)[1].split()[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def running(pids: set[int]) -> set[int]:
    """Those of the processes that still run; a zombie has ended."""
    alive = set()
    for pid in pids:
        try:
            state = (Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if state != "Z":
            alive.add(pid)
    return alive


def wait_until(true: Callable[[], bool], seconds: float = 8.0) -> bool:
    """Wait for something to become true; say whether it did."""
    deadline = time.monotonic() + seconds
    while not (done := true()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return done
