"""One runner of the vendor's validators answers all tests; verdicts are kept in a folder of theirs."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from hpc.validation import cache, vendor


def why_no_vendor() -> str | None:
    try:
        vendor.python()
    except vendor.VendorError as error:
        return str(error)
    return None


needs_vendor = pytest.mark.skipif(why_no_vendor() is not None, reason=str(why_no_vendor()))


@pytest.fixture(autouse=True)
def verdicts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of verdicts."""
    folder = tmp_path / "verdicts"
    monkeypatch.setattr(cache, "FOLDER", folder)
    return folder


@pytest.fixture(scope="session")
def runner() -> Iterator[subprocess.Popen[str]]:
    """The vendor's runner, started once: it answers a line a request."""
    with subprocess.Popen(
        vendor.command(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=vendor.OFFLINE,
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def warm_vendor(runner: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask the running runner instead of starting one."""

    def answer(request: str) -> str:
        assert runner.stdin is not None and runner.stdout is not None
        runner.stdin.write(request + "\n")
        runner.stdin.flush()
        return runner.stdout.readline()

    monkeypatch.setattr(vendor, "answer", answer)
