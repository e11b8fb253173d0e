"""Start the local AWS: `python -m rehearsal.launcher`.

A process of its own. It registers what ministack lacks, serves on a free port of 127.0.0.1 and
ends with whoever started it: it watches its standard input, which ends when that process does.
"""

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from rehearsal.lambda_runtime import make_interpreter


def main() -> None:
    """Serve until told to stop."""
    options = _options()
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    scratch = Path(tempfile.mkdtemp(prefix="iryo-rehearsal-"))
    _environment(
        port=listener.getsockname()[1],
        account=options.account,
        region=options.region,
        scratch=scratch,
    )
    try:
        application = _prepare(options, scratch)
        if not options.keep:
            _end_with_parent()
        _tell(options, listener, scratch)
        asyncio.run(_serve(application, listener, end=lambda: _end(options.state, scratch)))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m rehearsal.launcher")
    parser.add_argument("--account", default="123456789012")
    parser.add_argument("--region", default="ap-northeast-1")
    parser.add_argument("--state", type=Path, required=True, help="written when it is ready")
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--keep", action="store_true", help="outlive the process that started it")
    return parser.parse_args()


def _environment(*, port: int, account: str, region: str, scratch: Path) -> None:
    """Set what ministack reads while it is imported."""
    os.environ.update(
        {
            "AUTH": "true",
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": "rehearsal",
            "CLOUDTRAIL_RECORDING": "1",
            "GATEWAY_PORT": str(port),
            "IOT_MTLS_ENABLED": "0",
            "LOG_LEVEL": "INFO",
            "MINISTACK_ACCOUNT_ID": account,
            "MINISTACK_HOST": "127.0.0.1",
            "MINISTACK_REGION": region,
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUTF8": "1",
            "SFTP_ENABLED": "0",
            # Functions unpack themselves here, so nothing is left when the folder goes.
            "TMPDIR": str(scratch),
        }
    )
    os.environ.pop("AWS_SESSION_TOKEN", None)
    tempfile.tempdir = str(scratch)


def _prepare(options: argparse.Namespace, scratch: Path) -> Any:
    """Import ministack, put our parts in place and return the application."""
    from ministack import app  # noqa: PLC0415 (reads the environment when imported)

    from rehearsal.control import Control  # noqa: PLC0415
    from rehearsal.extend import extend  # noqa: PLC0415

    parts = extend(
        account=options.account,
        region=options.region,
        journal=options.log.with_suffix(".resources.jsonl"),
        interpreter=make_interpreter(scratch),
    )
    return Control(app.app, parts)


def _tell(options: argparse.Namespace, listener: socket.socket, scratch: Path) -> None:
    """Write where it is, whole or not at all. The socket takes connections already."""
    state = {
        "pid": os.getpid(),
        "endpoint": f"http://127.0.0.1:{listener.getsockname()[1]}",
        "account": options.account,
        "region": options.region,
        "log": str(options.log),
        "scratch": str(scratch),
    }
    building = options.state.with_name(f".{options.state.name}.{os.getpid()}")
    building.write_text(json.dumps(state))
    building.rename(options.state)


async def _serve(application: Any, listener: socket.socket, *, end: Callable[[], None]) -> None:
    from hypercorn.asyncio import serve  # noqa: PLC0415
    from hypercorn.config import Config  # noqa: PLC0415

    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end)
    await serve(application, config, shutdown_trigger=asyncio.Event().wait)


def _end(state: Path, scratch: Path) -> NoReturn:
    """Leave at once: everything is in memory, so there is nothing to finish or to save."""
    state.unlink(missing_ok=True)
    from ministack.core import lambda_runtime  # noqa: PLC0415

    for workers in list(lambda_runtime._workers.values()):
        for worker in list(workers):
            if worker._proc is not None and worker._proc.poll() is None:
                worker._proc.kill()
                worker._proc.wait()
    shutil.rmtree(scratch, ignore_errors=True)
    os._exit(0)


def _end_with_parent() -> None:
    """Stop when standard input ends: whoever started this process is gone."""

    def watch() -> None:
        with contextlib.suppress(OSError):
            while os.read(sys.stdin.fileno(), 1024):
                pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True, name="parent-watch").start()


if __name__ == "__main__":
    main()
