"""What is made once for every worker of a session: one worker makes it, the others wait and read."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest

WORKER = "PYTEST_XDIST_WORKER"


def root(factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this session share."""
    own = factory.getbasetemp()
    return own.parent if WORKER in os.environ else own


def once(folder: Path, make: Callable[[Path], None]) -> Path:
    """Fill a folder unless another worker has; what failed is tried anew by the next."""
    done = folder.with_suffix(".done")
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            make(folder)
            done.touch()
    return folder
