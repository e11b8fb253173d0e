"""What the functions are told by their environment variables."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

MAX_BODY = 4_600_000
"""Bytes of an upload as it is sent. Lambda takes an event of 6 MiB (Lambda quotas, "Invocation
payload"), API Gateway hands a body over as base64, which adds a third, and headers need room."""
MAX_CONTENT = 32 * 1024 * 1024
"""Bytes of an upload after decompression: what a function's memory is measured for."""
MAX_REJECTED = 500
"""Records of one upload that are quarantined one by one; beyond it the whole upload is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveSettings:
    """Environment of the receive function."""

    confidential_bucket: str
    quarantine_bucket: str
    stream_name: str
    event_bus_name: str
    idempotency_table: str

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> "ReceiveSettings":
        """Read the variables the stack sets. Raises KeyError with the name of a missing one."""
        return cls(
            confidential_bucket=environment["CONFIDENTIAL_BUCKET"],
            quarantine_bucket=environment["QUARANTINE_BUCKET"],
            stream_name=environment["STREAM_NAME"],
            event_bus_name=environment["EVENT_BUS_NAME"],
            idempotency_table=environment["IDEMPOTENCY_TABLE"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeidentifySettings:
    """Environment of the de-identify function."""

    confidential_bucket: str
    important_bucket: str
    quarantine_bucket: str
    event_bus_name: str
    pseudonym_key_secret: str
    profile: str

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> "DeidentifySettings":
        """Read the variables the stack sets. Raises KeyError with the name of a missing one."""
        return cls(
            confidential_bucket=environment["CONFIDENTIAL_BUCKET"],
            important_bucket=environment["IMPORTANT_BUCKET"],
            quarantine_bucket=environment["QUARANTINE_BUCKET"],
            event_bus_name=environment["EVENT_BUS_NAME"],
            pseudonym_key_secret=environment["PSEUDONYM_KEY_SECRET"],
            profile=environment["PROFILE"],
        )
