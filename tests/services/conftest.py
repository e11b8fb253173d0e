"""The services as the processes that their containers start."""

import http.client
import json
import os
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TOKEN = "t" * 40
SECONDS = 10


@dataclass
class Process:
    """A service that runs; `lines` are those of its log so far."""

    popen: subprocess.Popen[str]
    port: int = 0
    lines: list[dict[str, Any]] = field(default_factory=list)

    def connect(self) -> http.client.HTTPSConnection:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=SECONDS, context=context)

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        body: bytes | None = None,
        token: str | None = TOKEN,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, dict[str, str], bytes]:
        authorised = {"Authorization": f"Bearer {token}"} if token else {}
        connection = self.connect()
        try:
            connection.request(method, path, body, {**authorised, **(headers or {})})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def heard(self, event: str) -> dict[str, Any]:
        """Read the log up to a line about an event."""
        assert self.popen.stdout
        for text in self.popen.stdout:
            self.lines.append(json.loads(text))
            if self.lines[-1]["event"] == event:
                return self.lines[-1]
        raise AssertionError(f"no line {event}: {self.lines}")

    def end(self) -> int:
        """Wait until it has ended by itself, and read the rest of its log."""
        code = self.popen.wait(SECONDS)
        assert self.popen.stdout
        self.lines += [json.loads(text) for text in self.popen.stdout]
        return code


Start = Callable[..., Process]


def environment(settings: dict[str, str]) -> dict[str, str]:
    keep = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {**keep, "BIND_HOST": "127.0.0.1", "PORT": "0", "DRAIN_SECONDS": "5", **settings}


@pytest.fixture(scope="module")
def start() -> Iterator[Start]:
    """Start a service; it is stopped at the end of the module."""
    begun: list[Process] = []

    def started(module: str, **settings: str) -> Process:
        popen = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=ROOT,
            env=environment(settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        process = Process(popen)
        begun.append(process)
        process.port = process.heard("serving")["port"]
        return process

    yield started
    for process in begun:
        process.popen.kill()
        process.popen.communicate()
