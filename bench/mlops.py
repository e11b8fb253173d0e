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

from bench.figure import Figure
from mlops import drift
from mlops.inference.archive import unpack
from mlops.pipeline_definition import clinical_pipeline, example_settings
from mlops.runner.run import Options
from mlops.runner.run import run as run_pipeline
from mlops.runner.state import RunResult, Status
from mlops.steps import table
from mlops.steps.bundled import wisconsin
from mlops.steps.contracts import contract_named

PROMISED = {
    "definition": ("s", 0.5, False),
    "clinical pipeline, cold": ("s", 30.0, False),
    "clinical pipeline, cached": ("s", 3.0, False),
    "AUC on the bundled set": ("", 0.99, True),
    "inference p99, batch of one": ("ms", 20.0, False),
    "inference on one core": ("requests/s", 500.0, True),
    "PSI of the drifted column": ("", 0.25, True),
    "PSI elsewhere, largest": ("", 0.1, False),
    "false alarms in 100 undrifted samples": ("", 1.0, False),
}
"""Name, unit, limit, and whether the limit is the least allowed."""
REQUESTS = 3000
CONNECTIONS = 4
CONTRACT = contract_named("breast_cancer")


def run() -> list[Figure]:
    """Measure, and return figures by name; raises RuntimeError when a pipeline ends badly."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        wisconsin(place / "records")
        figures = {"definition": _definition()}
        cold = _pipeline(place, "cold")
        figures["clinical pipeline, cold"] = cold.seconds
        figures["clinical pipeline, cached"] = _pipeline(place, "cached").seconds
        evaluation = json.loads(next((place / "cold").rglob("evaluation.json")).read_text())
        figures["AUC on the bundled set"] = evaluation["limits"]["auc"]
        unpack(next((place / "cold" / "s3").rglob("model.tar.gz")), place / "model")
        records = table.read(place / "records", CONTRACT)
        figures |= _inference(place / "model", records.values[0].tolist())
        figures |= _drift(records.values)
    return [
        Figure(name=f"MLOps: {name}", value=value, unit=unit, limit=limit, at_least=at_least)
        for name, value in figures.items()
        for unit, limit, at_least in [PROMISED[name]]
    ]


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
        "inference p99, batch of one": float(np.quantile(times, 0.99)) * 1000,
        "inference on one core": len(times) / spent,
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
        "PSI of the drifted column": first.psi,
        "PSI elsewhere, largest": max(column.psi for column in others),
        "false alarms in 100 undrifted samples": float(alarms),
    }
