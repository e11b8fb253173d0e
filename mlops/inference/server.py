"""The HTTP server of SageMaker's container contract: GET /ping and POST /invocations on 8080.

`python3 -m mlops.inference.server` serves the unpacked model in /opt/ml/model; SageMaker, ECS and
EKS start the same command. Every request is a line of JSON on standard output, without its data.
"""

import json
import os
import signal
import socket
import sys
import threading
import time
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from mlops.inference.archive import ArchiveError, verify
from mlops.inference.contract import Contract, load_contract
from mlops.inference.model import Model, load_model
from mlops.inference.requests import RequestError, predict, rows_of

LARGEST_BODY = 6 * 1024 * 1024
"""Bytes; also what SageMaker lets through to a container for batch transform by default."""


@dataclass(frozen=True)
class Loaded:
    """A verified model, ready to answer."""

    model: Model
    contract: Contract
    fingerprint: str


def load(folder: Path, fingerprint: str | None = None) -> Loaded:
    """Verify and load the unpacked archive in a folder; raises ArchiveError."""
    found = verify(folder, fingerprint)
    contract = load_contract(folder / "contract.json")
    return Loaded(load_model(folder / "model.json"), contract, found)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "iryo"
    sys_version = ""
    timeout = 65  # seconds a connection may be idle; SageMaker's own limit for an answer is 60
    server: "Server"

    def setup(self) -> None:
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().setup()

    def do_GET(self) -> None:
        if self.path == "/ping":
            self._reply(200, b"")
        elif self.path == "/execution-parameters":
            self._reply(200, json.dumps(TRANSFORM).encode())
        else:
            self._refuse(404, "GET /ping and POST /invocations are allowed")

    def do_POST(self) -> None:
        started = time.perf_counter()
        records = 0
        try:
            if self.path != "/invocations":
                raise RequestError(404, "GET /ping and POST /invocations are allowed")
            loaded = self.server.loaded
            content_type = self.headers.get("Content-Type", "")
            rows = rows_of(self._body(), content_type, loaded.contract)
            records = len(rows)
            answer = predict(loaded.model, rows, loaded.fingerprint)
            body, kind = answer.encode(self.headers.get("Accept", "*/*"))
            status = self._reply(200, body, kind)
        except RequestError as error:
            status = self._refuse(error.status, error.sentence)
        self.server.note(status, records, time.perf_counter() - started)

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit():
            self.close_connection = True
            raise RequestError(411, "a Content-Length is needed")
        if int(length) > LARGEST_BODY:
            self.close_connection = True
            raise RequestError(413, f"a body of at most {LARGEST_BODY} bytes is allowed")
        return self.rfile.read(int(length))

    def _refuse(self, status: int, sentence: str) -> int:
        return self._reply(status, json.dumps({"error": sentence}).encode())

    def _reply(self, status: int, body: bytes, kind: str = "application/json") -> int:
        connection = "Connection: close\r\n" if self.close_connection else ""
        head = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: {kind}\r\n"
            f"Content-Length: {len(body)}\r\n{connection}\r\n"
        )
        self.wfile.write(head.encode() + body)  # at once: one packet
        return status

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the standard line would hold the path."""


TRANSFORM = {"MaxConcurrentTransforms": 2, "BatchStrategy": "MULTI_RECORD", "MaxPayloadInMB": 6}


class Server(ThreadingHTTPServer):
    """Answers for one loaded model; a thread a connection."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], loaded: Loaded, *, quiet: bool = False) -> None:
        self.loaded = loaded
        self.quiet = quiet
        super().__init__(address, _Handler)

    def note(self, status: int, records: int, seconds: float) -> None:
        """Write a line of JSON about a request: counts and times only."""
        if not self.quiet:
            line = {"status": status, "records": records, "ms": round(seconds * 1000, 3)}
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()

    def handle_error(self, *_: object) -> None:
        """Name the kind of an unexpected fault; its text could hold data."""
        kind = sys.exc_info()[0]
        sys.stderr.write(json.dumps({"fault": kind.__name__ if kind else "unknown"}) + "\n")


def serve(folder: Path, host: str, port: int, fingerprint: str | None = None) -> None:
    """Serve until SIGTERM; raises ArchiveError before the port is opened."""
    with Server((host, port), load(folder, fingerprint)) as server:
        # shutdown waits for the loop below, so it cannot run in the handler's own thread
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
        bound = server.server_address[1]
        sys.stdout.write(json.dumps({"serving": server.loaded.fingerprint, "port": bound}) + "\n")
        sys.stdout.flush()
        server.serve_forever(poll_interval=0.1)


def main() -> int:
    """Serve the model of the container; 1 when it cannot be used."""
    folder = Path(os.environ.get("SM_MODEL_DIR", "/opt/ml/model"))
    port = int(os.environ.get("SAGEMAKER_BIND_TO_PORT", "8080"))
    # The container's own network is the boundary: SageMaker and ECS reach it from outside.
    host = os.environ.get("BIND_HOST", "0.0.0.0")  # noqa: S104
    try:
        serve(folder, host, port, os.environ.get("MODEL_FINGERPRINT"))
    except ArchiveError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
