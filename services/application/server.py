"""The HTTP API: GET /health, /records?source=&day=, /records/<source>/<type>/<day>/<name>."""

import hashlib
import hmac
import json
import re
import socket
import sys
import time
from collections.abc import Iterable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from services import log
from services.application import records
from services.application.lists import page
from services.application.records import Record, RequestError
from services.application.store import Store, StoreError
from services.serving import CORRELATION, report_fault

JSON = "application/json"
PARAMETERS = frozenset({"source", "day", "type", "after", "limit"})
ONE_RECORD = re.compile(r"/records/([^/]+)/([^/]+)/([^/]+)/([^/]+)")
SERVER_ERROR = 500
LARGEST_DISCARDED = 1024 * 1024
"""Bytes of a body that no method takes."""


class Server(ThreadingHTTPServer):
    """Answers from a store to whoever has the token; a thread a connection."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], store: Store, token: str) -> None:
        self.store = store
        self._token = _digest(token)
        super().__init__(address, Handler)

    def knows(self, token: str) -> bool:
        """Say whether a token is the service's own, in a time that tells nothing."""
        return hmac.compare_digest(_digest(token), self._token)

    def handle_error(self, *_: object) -> None:
        """Name the kind of an unexpected fault."""
        report_fault(sys.exc_info()[0])


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "iryo"
    sys_version = ""
    timeout = 65  # seconds a connection may be idle: longer than a load balancer keeps its own
    server: Server

    def setup(self) -> None:
        """Send each answer at once."""
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().setup()

    def do_GET(self) -> None:
        """Answer, or say in a typed error why not."""
        started = time.perf_counter()
        try:
            status = self._answer()
        except RequestError as problem:
            status = self._refuse(problem)
        except StoreError as fault:
            log.error("store", kind=str(fault))
            status = self._refuse(
                RequestError(503, "store_unavailable", "the records cannot be read; try again")
            )
        tell = log.error if status >= SERVER_ERROR else log.info
        tell("request", status=status, ms=round((time.perf_counter() - started) * 1000, 3))

    def _answer(self) -> int:
        target = urlsplit(self.path)
        if target.path == "/health":
            return self._reply(200, {"status": "ok"})
        one = ONE_RECORD.fullmatch(target.path)
        if target.path != "/records" and not one:
            raise RequestError(404, "unknown_path", "GET /records?source=&day= is allowed")
        self._authorise()
        return self._read(*one.groups()) if one else self._list(target.query)

    def _authorise(self) -> None:
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not self.server.knows(token.strip()):
            raise RequestError(401, "unauthorised", "a bearer token of this service is needed")

    def _list(self, query: str) -> int:
        asked = _parameters(query)
        record_type = records.type_of(asked["type"]) if "type" in asked else None
        found = page(
            self.server.store,
            records.day_of(asked.get("source"), asked.get("day")),
            record_type=record_type,
            after=records.after_of(asked.get("after")),
            most=records.limit_of(asked.get("limit")),
        )
        listed = [
            {"type": one.type, "name": one.name, "bytes": size, "path": one.path}
            for one, size in found.records
        ]
        return self._reply(200, {"records": listed, "next": found.after})

    def _read(self, source: str, record_type: str, day: str, name: str) -> int:
        record = Record(
            where=records.day_of(source, day),
            type=records.type_of(record_type),
            name=records.name_of(name),
        )
        content = self.server.store.read(record.key)
        if content is None:
            raise RequestError(404, "no_such_record", "there is no such record")
        try:
            self._send(200, record.content_type, content.size, content.pieces)
        except StoreError:
            # Half an answer is out: only a broken connection tells the caller.
            self.close_connection = True
            raise
        return 200

    def _refuse(self, problem: RequestError) -> int:
        error = {"code": problem.code, "message": problem.sentence}
        return self._reply(problem.status, {"error": error, "correlation_id": log.current()})

    def _reply(self, status: int, document: dict[str, Any]) -> int:
        body = json.dumps(document).encode()
        self._send(status, JSON, len(body), [body])
        return status

    def _send(self, status: int, kind: str, size: int, pieces: Iterable[bytes]) -> None:
        head = {
            "Content-Type": kind,
            "Content-Length": str(size),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            CORRELATION: log.current(),
            **({"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}),
            **({"Allow": "GET"} if status == HTTPStatus.METHOD_NOT_ALLOWED else {}),
            **({"Connection": "close"} if self.close_connection else {}),
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        phrase = HTTPStatus(status).phrase
        begun = f"HTTP/1.1 {status} {phrase}\r\n{lines}\r\n".encode()
        for piece in pieces:
            self.wfile.write(begun + piece)
            begun = b""
        if begun:
            self.wfile.write(begun)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what is no HTTP in the same form; the standard page would repeat it."""
        del message, explain
        self.close_connection = True
        if code == HTTPStatus.NOT_IMPLEMENTED:
            self._discard_body()
            problem = RequestError(405, "method_not_allowed", "GET is allowed")
        else:
            problem = RequestError(int(code), "invalid_request", HTTPStatus(code).phrase)
        log.info("request", status=self._refuse(problem))

    def _discard_body(self) -> None:
        """Read what nobody wants: closing on it would break the answer off as well."""
        length = self.headers.get("Content-Length", "")
        if length.isdecimal() and int(length[:9]) <= LARGEST_DISCARDED:
            self.rfile.read(int(length))

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the standard line would hold the path."""


def _parameters(query: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            query, keep_blank_values=True, strict_parsing=bool(query), max_num_fields=8
        )
    except ValueError:
        raise RequestError(400, "invalid_query", "the query cannot be read") from None
    found = dict(pairs)
    if len(found) != len(pairs) or found.keys() - PARAMETERS:
        allowed = ", ".join(sorted(PARAMETERS))
        raise RequestError(400, "invalid_query", f"once each are allowed: {allowed}")
    return found


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
