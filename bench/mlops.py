"""What MLOps promises, measured: pipeline, definition, inference, drift."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from mlops import drift
from mlops.inference.archive import unpack
from mlops.pipeline_definition import clinical_pipeline, example_settings
from mlops.runner.run import Options
from mlops.runner.run import run as run_pipeline
from mlops.runner.state import RunResult, Status
from mlops.steps import table
from mlops.steps.bundled import wisconsin
from mlops.steps.contracts import contract_named

LIMITS = {
    "definition, seconds": 0.5,
    "pipeline cold, seconds": 30.0,
    "pipeline cached, seconds": 3.0,
    "inference p99, milliseconds": 20.0,
    "psi elsewhere, largest": 0.1,
    "false alarms in 100 samples": 1.0,
}
AT_LEAST = {
    "auc": 0.99,
    "inference, requests a second": 500.0,
    "psi of the drifted column": 0.25,
}
REQUESTS = 3000
CONNECTIONS = 4
CONTRACT = contract_named("breast_cancer")


def run() -> dict[str, float]:
    """Measure, and return figures by name; raises RuntimeError when a pipeline ends badly."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        wisconsin(place / "records")
        figures = {"definition, seconds": _definition()}
        cold = _pipeline(place, "cold")
        figures["pipeline cold, seconds"] = cold.seconds
        figures["pipeline cached, seconds"] = _pipeline(place, "cached").seconds
        evaluation = json.loads(next((place / "cold").rglob("evaluation.json")).read_text())
        figures["auc"] = evaluation["limits"]["auc"]
        unpack(next((place / "cold" / "s3").rglob("model.tar.gz")), place / "model")
        records = table.read(place / "records", CONTRACT)
        figures |= _inference(place / "model", records.values[0].tolist())
        figures |= _drift(records.values)
    return {name: round(value, 4) for name, value in figures.items()}


def _definition() -> float:
    """In a process of its own: imports and the first look at botocore's model count."""
    code = (
        "import time; began = time.perf_counter()\n"
        "from mlops.pipeline_definition import clinical_pipeline, example_settings\n"
        "clinical_pipeline(example_settings()).to_definition()\n"
        "print(time.perf_counter() - began)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return float(done.stdout)


def _pipeline(place: Path, name: str) -> RunResult:
    definition = clinical_pipeline(example_settings()).to_definition()
    options = Options(folder=place / name, data=place / "records", cache=place / "cache")
    result = run_pipeline(definition, options)
    if result.status is not Status.SUCCEEDED:
        raise RuntimeError(f"the clinical pipeline failed: {result.reason}")
    return result


@contextmanager
def _serving(model: Path) -> Iterator[int]:
    """Serve the archive with its own code, on one core."""
    code = (
        "import os; os.sched_setaffinity(0, {0}); "
        "from mlops.inference.server import main; raise SystemExit(main())"
    )
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(model / "code"),
        "SM_MODEL_DIR": str(model),
        "SAGEMAKER_BIND_TO_PORT": "0",
        "BIND_HOST": "127.0.0.1",
    }
    log = model.parent / "requests.log"
    with log.open("w") as out:
        command = [sys.executable, "-c", code]
        process = subprocess.Popen(command, env=environment, stdout=out, cwd=model)
    try:
        for _ in range(200):
            if text := log.read_text():
                break
            time.sleep(0.05)
        yield json.loads(text.splitlines()[0])["port"]
    finally:
        process.terminate()
        process.wait(10)


def _inference(model: Path, row: list[float]) -> dict[str, float]:
    body = ",".join(map(repr, row)).encode()
    request = (
        b"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\n"
        b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    )
    with _serving(model) as port:
        _ask(port, request, 100)
        times: list[float] = []
        each = REQUESTS // CONNECTIONS
        began = time.perf_counter()
        threads = [
            threading.Thread(target=lambda: times.extend(_ask(port, request, each)))
            for _ in range(CONNECTIONS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        spent = time.perf_counter() - began
    return {
        "inference p99, milliseconds": float(np.quantile(times, 0.99)) * 1000,
        "inference, requests a second": len(times) / spent,
    }


def _ask(port: int, request: bytes, count: int) -> list[float]:
    """Send requests over one connection; return the seconds that each took."""
    times = []
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(count):
            began = time.perf_counter()
            connection.sendall(request)
            if not connection.recv(65536).startswith(b"HTTP/1.1 200"):
                raise RuntimeError("the server did not answer 200")
            times.append(time.perf_counter() - began)
    return times


def _drift(values: "np.typing.NDArray[np.float64]") -> dict[str, float]:
    described = drift.baseline(CONTRACT.names, values)
    random = np.random.default_rng(1)

    def sample() -> "np.typing.NDArray[np.float64]":
        return np.asarray(values[random.integers(0, len(values), len(values))])

    moved = sample()
    moved[:, 0] += 0.8 * values[:, 0].std()
    first, *others = drift.check(described, CONTRACT.names, moved)
    alarms = sum(
        any(column.drifted for column in drift.check(described, CONTRACT.names, sample()))
        for _ in range(100)
    )
    return {
        "psi of the drifted column": first.psi,
        "psi elsewhere, largest": max(column.psi for column in others),
        "false alarms in 100 samples": float(alarms),
    }


def main() -> int:
    """Print the figures; 1 when a limit is broken."""
    broken = 0
    for name, value in run().items():
        wrong = value > LIMITS.get(name, value) or value < AT_LEAST.get(name, value)
        broken += wrong
        bound = LIMITS.get(name, AT_LEAST.get(name, 0.0))
        mark = "  BROKEN" if wrong else ""
        sys.stdout.write(f"{name:32} {value:10.4f}  (limit {bound:g}){mark}\n")
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
