"""Serve over TLS until SIGTERM, then finish what was begun.

It works on any http.server server: the one of mlops.inference, which SageMaker runs as it is, and
that of the application.
"""

import select
import signal
import socket
import ssl
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast

from services import log
from services.certificate import own_context

CORRELATION = "X-Correlation-Id"
TRACE = "X-Amzn-Trace-Id"
GRACE_SECONDS = 1.0
"""How long a connection that has asked for nothing yet may still do so after SIGTERM."""


class Connections:
    """Who is connected, and whether a request is being worked on."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._busy: dict[socket.socket, bool] = {}
        self._new: set[socket.socket] = set()
        self._draining = False

    def opened(self, connection: socket.socket) -> None:
        """Note a new connection; it has asked for nothing yet."""
        with self._changed:
            self._busy[connection] = False
            self._new.add(connection)

    def begun(self, connection: socket.socket) -> None:
        """Note that a request has come."""
        with self._changed:
            self._busy[connection] = True
            self._known(connection)

    def answered(self, connection: socket.socket) -> bool:
        """Note that a request is answered; say whether the connection must end now."""
        with self._changed:
            self._busy[connection] = False
            return self._draining

    def closed(self, connection: socket.socket) -> None:
        """Forget a connection."""
        with self._changed:
            self._busy.pop(connection, None)
            self._known(connection)

    def _known(self, connection: socket.socket) -> None:
        self._new.discard(connection)
        self._changed.notify_all()

    def drain(self, seconds: float) -> int:
        """End what is idle, wait for the rest; return how many requests were not answered.

        Who has just connected is about to ask, and gets a moment for it.
        """
        deadline = time.monotonic() + seconds
        with self._changed:
            self._draining = True
            self._changed.wait_for(lambda: not self._new, min(seconds, GRACE_SECONDS))
            for connection in [one for one, busy in self._busy.items() if not busy]:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RD)
            while self._busy and (left := deadline - time.monotonic()) > 0:
                self._changed.wait(left)
            return sum(self._busy.values())


class _Watched(BaseHTTPRequestHandler):
    """Put before a handler, it tells Connections how far each request is."""

    connections: Connections

    def setup(self) -> None:
        super().setup()
        self.connections.opened(self.connection)

    def parse_request(self) -> bool:
        self.connections.begun(self.connection)
        log.begin(None)
        good = super().parse_request()
        if good and (given := self.headers.get(CORRELATION) or self.headers.get(TRACE)):
            log.begin(given)
        return good

    def handle_one_request(self) -> None:
        super().handle_one_request()
        if self.connections.answered(self.connection):
            self.close_connection = True

    def finish(self) -> None:
        self.connections.closed(self.connection)
        super().finish()


def serve(server: ThreadingHTTPServer, *, name: str, drain_seconds: float) -> None:
    """Serve until SIGTERM or SIGINT and return when requests are answered or the time is up.

    What a load balancer sends in the second in which a task ends is answered: it stops sending
    first, and ECS waits stop_seconds between SIGTERM and SIGKILL.
    """
    connections = Connections()
    handler = cast(type[BaseHTTPRequestHandler], server.RequestHandlerClass)
    server.RequestHandlerClass = type("Watched", (_Watched, handler), {"connections": connections})
    # Shaking hands is for the thread of each connection: a slow client must not hold up others.
    server.socket = own_context(name).wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        # shutdown waits for the loop below, so it cannot run in the handler's own thread
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    log.info("serving", port=server.server_address[1])
    server.serve_forever(poll_interval=0.1)
    while select.select([server.socket], [], [], 0)[0]:
        server.handle_request()  # who was already in the queue
    server.socket.close()
    log.info("stopped", unanswered=connections.drain(drain_seconds))


def report_fault(kind: type[BaseException] | None) -> None:
    """Log the kind of a fault in a connection's thread; its text could hold data.

    A client that hangs up or does not speak TLS is no fault of ours.
    """
    if kind is None or issubclass(kind, ConnectionError | TimeoutError | ssl.SSLError):
        return
    log.error("fault", kind=kind.__name__)
