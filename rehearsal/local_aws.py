"""Start, find and stop the local AWS, and say how to reach it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "build" / "rehearsal"
KEPT = FOLDER / "kept.json"
SECRET = "rehearsal"  # noqa: S105 (the local AWS knows no real secret)
_START_SECONDS = 20.0
_STOP_SECONDS = 6.0
_OLD_RUNS = 5
# Settings of this user's AWS tools that must not reach the rehearsal.
_SCRUBBED = ("AWS_", "CDK_")


class LocalAwsError(RuntimeError):
    """The local AWS did not start, or is not there."""


@dataclass(frozen=True)
class LocalAws:
    """A running local AWS."""

    pid: int
    endpoint: str
    account: str
    region: str
    log: Path
    scratch: Path

    def exports(self) -> dict[str, str]:
        """Return the variables that point the AWS tools and the CDK CLI at it."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
        }

    def environment(self) -> dict[str, str]:
        """Return a whole environment for a program that must reach this AWS and no other."""
        return {
            **clean_environment(),
            **self.exports(),
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CDK_DISABLE_VERSION_CHECK": "true",
            "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
            "NO_COLOR": "1",
            "NO_PROXY": "127.0.0.1,localhost",
        }

    def ask(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ask the control path: with a body it is told something. Raises LocalAwsError."""
        request = urllib.request.Request(  # noqa: S310 (always this http endpoint)
            f"{self.endpoint}/_rehearsal{path}",
            data=None if body is None else json.dumps(body).encode(),
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=10) as answer:
                found: dict[str, Any] = json.load(answer)
        except (OSError, ValueError) as error:
            raise LocalAwsError(f"the local AWS at {self.endpoint} does not answer") from error
        return found

    def alive(self) -> bool:
        """Say whether it answers."""
        try:
            return self.ask("/state").get("pid") == self.pid
        except LocalAwsError:
            return False

    def stop(self) -> None:
        """End it and every function it runs. Its process leads a group of its own."""
        _signal_group(self.pid, signal.SIGTERM)
        deadline = time.monotonic() + _STOP_SECONDS
        while time.monotonic() < deadline and _exists(self.pid):
            time.sleep(0.05)
        _signal_group(self.pid, signal.SIGKILL)
        shutil.rmtree(self.scratch, ignore_errors=True)


def clean_environment() -> dict[str, str]:
    """Return this environment without settings of AWS tools, our programs first on PATH."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_SCRUBBED)}
    programs = [str(Path(sys.executable).parent), str(ROOT / "node_modules" / ".bin")]
    return {**kept, "PATH": os.pathsep.join([*programs, kept.get("PATH", os.defpath)])}


@contextmanager
def started(name: str, *, account: str, region: str) -> Iterator[LocalAws]:
    """Run a local AWS for the length of a with block. Raises LocalAwsError."""
    state = FOLDER / name / "state.json"
    process, aws = _start(state, name, account, region, keep=False)
    try:
        yield aws
    finally:
        aws.stop()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=_STOP_SECONDS)


def start_kept(name: str, *, account: str, region: str) -> LocalAws:
    """Start a local AWS that stays until `stop_kept`. Raises LocalAwsError."""
    return _start(KEPT, name, account, region, keep=True)[1]


def find_kept() -> LocalAws | None:
    """Return the kept local AWS, if there is one that answers."""
    if not KEPT.is_file():
        return None
    aws = _read(KEPT)
    if aws.alive():
        return aws
    KEPT.unlink(missing_ok=True)
    return None


def forget_old_runs() -> None:
    """Remove all but the newest folders of runs that have ended."""
    ended = [path.parent for path in FOLDER.glob("*/aws.log") if not _in_use(path)]
    for folder in sorted(ended, key=lambda one: one.stat().st_mtime)[:-_OLD_RUNS]:
        shutil.rmtree(folder, ignore_errors=True)


def _in_use(log: Path) -> bool:
    for state in (log.parent / "state.json", KEPT):
        with suppress(OSError, ValueError, KeyError):
            aws = _read(state)
            if aws.log == log and _exists(aws.pid):
                return True
    return False


def stop_kept() -> bool:
    """Stop the kept local AWS; return whether there was one."""
    aws = find_kept()
    if aws is None:
        return False
    aws.stop()
    KEPT.unlink(missing_ok=True)
    return True


def _start(
    state: Path, name: str, account: str, region: str, *, keep: bool
) -> tuple[subprocess.Popen[bytes], LocalAws]:
    (FOLDER / name).mkdir(parents=True, exist_ok=True)
    log = FOLDER / name / "aws.log"
    command = [
        *(sys.executable, "-m", "rehearsal.launcher", "--account", account, "--region", region),
        *("--state", str(state), "--log", str(log), *(["--keep"] if keep else [])),
    ]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=clean_environment(),
            # The launcher ends when this pipe does, that is with this process.
            stdin=subprocess.DEVNULL if keep else subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        return process, _wait(process, state, log)
    except BaseException:
        _signal_group(process.pid, signal.SIGKILL)
        process.wait()
        state.unlink(missing_ok=True)
        raise


def _wait(process: subprocess.Popen[bytes], state: Path, log: Path) -> LocalAws:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if state.is_file():
            aws = _read(state)
            if aws.pid == process.pid and aws.alive():
                return aws
        time.sleep(0.05)
    raise LocalAwsError(f"the local AWS did not start; its log is {log}")


def _read(state: Path) -> LocalAws:
    told = json.loads(state.read_text())
    return LocalAws(
        pid=told["pid"],
        endpoint=told["endpoint"],
        account=told["account"],
        region=told["region"],
        log=Path(told["log"]),
        scratch=Path(told["scratch"]),
    )


def _signal_group(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _exists(pid: int) -> bool:
    with suppress(ChildProcessError):
        if os.waitpid(pid, os.WNOHANG)[0] == pid:
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
