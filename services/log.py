"""One line of JSON an event, with a correlation id, and never a payload or an identifier."""

import json
import os
import re
import sys
import time
import uuid
from contextvars import ContextVar

GIVEN = re.compile(r"[A-Za-z0-9=;:._-]{8,128}")
"""A correlation id that a caller may bring; X-Amzn-Trace-Id of load balancers has this form."""
_correlation: ContextVar[str] = ContextVar("correlation", default="")
SERVICE = os.environ.get("SERVICE", "local")


def begin(given: str | None) -> str:
    """Begin a request: take the caller's correlation id if it is one, else make one."""
    usable = given is not None and GIVEN.fullmatch(given)
    correlation = given if given is not None and usable else str(uuid.uuid4())
    _correlation.set(correlation)
    return correlation


def current() -> str:
    """Return the correlation id of the request that this thread works on."""
    return _correlation.get()


def info(event: str, **fields: str | int | float) -> None:
    """Tell that something happened as it should."""
    _write("info", event, fields)


def error(event: str, **fields: str | int | float) -> None:
    """Tell of a fault of ours; alarms count these lines."""
    _write("error", event, fields)


def _write(level: str, event: str, fields: dict[str, str | int | float]) -> None:
    line = {
        "time": round(time.time(), 3),
        "level": level,
        "service": SERVICE,
        "event": event,
        "correlation_id": current(),
        **fields,
    }
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()
