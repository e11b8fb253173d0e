"""Stands in for the instance metadata service, version 2: a token first, a notice on demand."""

import http.server
import sys
from pathlib import Path

NOTICE = Path(sys.argv[1])
TOKEN = "token"  # noqa: S105 (opens nothing)


class Metadata(http.server.BaseHTTPRequestHandler):
    def do_PUT(self) -> None:
        good = self.path == "/latest/api/token"
        self.answer(200 if good else 404, TOKEN)

    def do_GET(self) -> None:
        if self.headers.get("X-aws-ec2-metadata-token") != TOKEN:
            self.answer(401, "")
        elif self.path == "/latest/meta-data/spot/instance-action" and NOTICE.exists():
            self.answer(200, '{"action": "terminate", "time": "2026-01-31T00:02:00Z"}')
        else:
            self.answer(404, "")

    def answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        pass


with http.server.HTTPServer(("127.0.0.1", 0), Metadata) as server:
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
