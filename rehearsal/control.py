"""The path /_rehearsal of the local AWS: what was made, what waits, and faults on demand.

It also plays the parts of AWS's edge that ministack has not: transport counts as TLS (the
loopback interface stands for it, so that policies which demand TLS can be kept), and API Gateway
and Lambda refuse bodies over their limits.
"""

import json
import os
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from ministack.core import iam_evaluator, lambda_runtime

from rehearsal.clusters import QUOTAS
from rehearsal.extend import Parts
from rehearsal.kubernetes import PREFIX as KUBERNETES

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

PREFIX = "/_rehearsal"
# https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html: payload of 10 MB.
_API_LIMIT = 10 * 1024 * 1024
_S3_BUSY = b"""<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>ServiceUnavailable</Code><Message>Reduce your request rate.</Message></Error>"""
_SESSION_KEY = re.compile(rb"Credential=ASIA\w+/\d{8}/[\w-]+/s3/")


class Control:
    """An ASGI application around ministack's."""

    def __init__(self, application: Application, parts: Parts) -> None:
        self._application = application
        self._parts = parts
        self._s3_refuses_until = 0.0
        self._refused = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer our own path; pass the rest on."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        path, headers = scope["path"], dict(scope["headers"])
        if path.startswith(PREFIX):
            body = await _body(receive)
            await _answer(send, *self._control(scope["method"], path, body))
        elif path.startswith(KUBERNETES):
            body = await _body(receive)
            status, said = self._parts.kubernetes.answer(scope["method"], path, headers, body)
            await _answer(send, status, json.dumps(said).encode())
        elif headers.get(b"x-amz-target") == QUOTAS:
            await _drain(receive)
            await _answer(send, 200, json.dumps(self._parts.clusters.quotas()).encode())
        elif self._refuses(headers):
            self._refused += 1
            await _drain(receive)
            await _answer(send, 503, _S3_BUSY, "application/xml")
        elif _too_large(path, headers):
            await _drain(receive)
            await _answer(send, 413, b'{"message":"Request Too Long"}')
        else:
            headed = [*scope["headers"], (b"x-forwarded-proto", b"https")]
            await self._application({**scope, "headers": headed}, receive, send)

    def _control(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        asked = json.loads(body or b"{}")
        match method, path.removeprefix(PREFIX):
            case "GET", "/state":
                answer: dict[str, Any] = {
                    "pid": os.getpid(),
                    "resources": self._parts.journal.counts(),
                    "backlog": self._parts.poller.backlog(),
                    "refused": self._refused,
                    "denials": self._parts.permissions.denials,
                }
            case "GET", "/clusters":
                answer = self._parts.clusters.arrived
            case "POST", "/refuse-s3":
                self._refused = 0
                self._s3_refuses_until = time.monotonic() + float(asked["seconds"])
                answer = {"seconds": asked["seconds"]}
            case "POST", "/organization":
                # ministack makes an id of its own; policies name the one in the environment file.
                iam_evaluator._principal_org_id = lambda _account: str(asked["id"])
                answer = {"id": asked["id"]}
            case "POST", "/kill":
                answer = {"killed": _kill(asked["function"], idle=asked.get("idle", False))}
            case "POST", "/task-credentials":
                # What ECS hands to a task: a session of the role that its definition names.
                answer = lambda_runtime.execution_credentials(
                    {"Role": asked["role"], "FunctionArn": asked["task"], "FunctionName": "task"}
                )
            case _:
                return 404, b'{"message":"unknown"}'
        return 200, json.dumps(answer).encode()

    def _refuses(self, headers: dict[bytes, bytes]) -> bool:
        """Say whether S3 is refusing the functions now; whoever looks on is let through."""
        return time.monotonic() < self._s3_refuses_until and bool(
            _SESSION_KEY.search(headers.get(b"authorization", b""))
        )


def _kill(function: str, *, idle: bool) -> int:
    """Kill the processes in which the function is at work, or idle; return how many."""
    killed = 0
    for workers in list(lambda_runtime._workers.values()):
        for worker in list(workers):
            process = worker._proc
            wanted = worker.func_name == function and worker.in_use != idle
            if wanted and process is not None and process.poll() is None:
                process.kill()
                killed += 1
    return killed


def _too_large(path: str, headers: dict[bytes, bytes]) -> bool:
    if not path.startswith("/_aws/execute-api/"):
        return False
    return int(headers.get(b"content-length", b"0")) > _API_LIMIT


async def _body(receive: Receive) -> bytes:
    content = b""
    while True:
        message = await receive()
        content += bytes(message.get("body", b""))
        if not message.get("more_body"):
            return content


async def _drain(receive: Receive) -> None:
    """Read a body to its end without keeping it: a sender may not listen before."""
    while (await receive()).get("more_body"):
        pass


async def _answer(
    send: Send, status: int, body: bytes, content_type: str = "application/json"
) -> None:
    headers = [
        (b"content-type", content_type.encode()),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
