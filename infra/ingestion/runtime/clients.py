"""AWS clients that ride out short outages by themselves."""

from typing import Any

import boto3
from botocore.config import Config


def client(service: str, *, attempts: int, read_timeout: int) -> Any:
    """Return a client that tries a call up to `attempts` times.

    Standard mode repeats throttling, 5xx and broken connections with a growing pause of at most
    20 seconds, and nothing else. `read_timeout` is in seconds.
    """
    return boto3.client(
        service,  # type: ignore[call-overload] # the stubs want a literal
        config=Config(
            connect_timeout=3,
            read_timeout=read_timeout,
            retries={"mode": "standard", "total_max_attempts": attempts},
        ),
    )
