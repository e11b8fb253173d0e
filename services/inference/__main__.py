"""Serve the model in SM_MODEL_DIR: `python3 -m services.inference`.

Loading, checking, predicting and answering are mlops.inference, to the letter what SageMaker runs.
Here it gets TLS, log lines with a correlation id, and an end that loses no request.
"""

import os
import sys
from pathlib import Path

from mlops.inference.archive import ArchiveError
from mlops.inference.server import Server, load
from services import log
from services.serving import report_fault, serve


class InferenceServer(Server):
    """The server of mlops.inference with the log lines of a service."""

    def note(self, status: int, records: int, seconds: float) -> None:
        """Log a request: counts and times only."""
        tell = log.error if status >= 500 else log.info  # noqa: PLR2004 (server errors)
        tell("request", status=status, records=records, ms=round(seconds * 1000, 3))

    def handle_error(self, *_: object) -> None:
        """Name the kind of an unexpected fault."""
        report_fault(sys.exc_info()[0])


def main() -> int:
    """Return 0 after SIGTERM, 1 when the model cannot be used."""
    folder = Path(os.environ.get("SM_MODEL_DIR", "/opt/ml/model"))
    host = os.environ.get("BIND_HOST", "0.0.0.0")  # noqa: S104 (the task's own interface)
    port = int(os.environ.get("PORT", "8443"))
    try:
        loaded = load(folder, os.environ.get("MODEL_FINGERPRINT"))
    except ArchiveError as problem:
        log.error("model", reason=str(problem))
        return 1
    with InferenceServer((host, port), loaded) as server:
        log.info("model", fingerprint=loaded.fingerprint)
        serve(server, name="inference", drain_seconds=float(os.environ.get("DRAIN_SECONDS", "25")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
