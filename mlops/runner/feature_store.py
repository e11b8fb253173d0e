"""The Feature Store on the laptop: takes the same PutRecord calls, writes a file a group.

The step that fills the Feature Store runs as it does in AWS; its SDK is told this address.
"""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

GROUP_VARIABLE = "FEATURE_GROUP"
"""A job with this variable calls the Feature Store."""
_PATH = re.compile(r"/FeatureGroup/([a-zA-Z0-9](?:-*[a-zA-Z0-9]){0,63})")


@contextmanager
def feature_store(folder: Path) -> Iterator[dict[str, str]]:
    """Serve until the block ends; yield the environment that a job finds it by.

    Records of a group lie in <folder>/<group>.ndjson, one a line, in the order they came.
    """
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.folder = folder  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            address = f"http://127.0.0.1:{server.server_address[1]}"
            yield {
                "AWS_ENDPOINT_URL_SAGEMAKER_FEATURESTORE_RUNTIME": address,
                "AWS_DEFAULT_REGION": "ap-northeast-1",
                # Nobody checks the signature, but the SDK signs.
                "AWS_ACCESS_KEY_ID": "laptop",
                "AWS_SECRET_ACCESS_KEY": "laptop",
            }
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # One packet an answer: with two, each would wait 40 ms for the client's acknowledgement.
    wbufsize = -1

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        match = _PATH.fullmatch(unquote(self.path))
        record = _record(body)
        if match is None or record is None:
            self._answer(400, {"Message": "a group and a record of named text values are needed"})
            return
        folder: Path = self.server.folder  # type: ignore[attr-defined]
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{match[1]}.ndjson").open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
        self._answer(200, {})

    def _answer(self, status: int, value: dict[str, Any]) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if status != 200:  # noqa: PLR2004 (OK)
            self.send_header("x-amzn-ErrorType", "ValidationError")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: a request line names a group, and the run's log is the job's."""


def _record(body: bytes) -> dict[str, str] | None:
    try:
        return {f["FeatureName"]: str(f["ValueAsString"]) for f in json.loads(body)["Record"]}
    except (ValueError, KeyError, TypeError):
        return None
