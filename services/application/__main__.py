"""Serve records: `python3 -m services.application`.

IMPORTANT_BUCKET or RECORDS_FOLDER says where they are, API_TOKEN what callers must bring.
"""

import os
import sys
from pathlib import Path

from services import log
from services.application.server import Server
from services.application.store import Bucket, Folder, Store
from services.serving import serve

SHORTEST_TOKEN = 32


def main() -> int:
    """Return 0 after SIGTERM, 1 when a setting is missing."""
    token = os.environ.get("API_TOKEN", "")
    store = _store()
    if len(token) < SHORTEST_TOKEN:
        log.error("settings", reason=f"API_TOKEN needs at least {SHORTEST_TOKEN} characters")
        return 1
    if store is None:
        log.error("settings", reason="IMPORTANT_BUCKET or RECORDS_FOLDER is needed")
        return 1
    host = os.environ.get("BIND_HOST", "0.0.0.0")  # noqa: S104 (the task's own interface)
    with Server((host, int(os.environ.get("PORT", "8443"))), store, token) as server:
        serve(
            server, name="application", drain_seconds=float(os.environ.get("DRAIN_SECONDS", "25"))
        )
    return 0


def _store() -> Store | None:
    if folder := os.environ.get("RECORDS_FOLDER"):
        return Folder(Path(folder))
    if bucket := os.environ.get("IMPORTANT_BUCKET"):
        import boto3  # noqa: PLC0415 (a laptop does without)
        from botocore.config import Config  # noqa: PLC0415

        patient = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard"})
        return Bucket(boto3.client("s3", config=patient), bucket)
    return None


if __name__ == "__main__":
    sys.exit(main())
