"""An HTTP request turned into an upload, or refused with a sentence the caller can act on."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any

from infra.ingestion.runtime.column_policies import names
from infra.ingestion.runtime.deidentification import Format, Reason, Rejected, gunzip
from infra.ingestion.runtime.pointers import SOURCE
from infra.ingestion.runtime.settings import MAX_BODY, MAX_CONTENT

CONTENT_TYPES = {
    "application/fhir+json": Format.FHIR_JSON,
    "application/fhir+ndjson": Format.FHIR_NDJSON,
    "application/hl7-v2": Format.HL7V2,
    "x-application/hl7-v2+er7": Format.HL7V2,
    "text/csv": Format.CSV,
}
UNKNOWN_SOURCE = "unknown"


class RefusedError(Exception):
    """The request is answered with an error and nothing of it is kept."""

    def __init__(self, status: int, reason: str, detail: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What the headers say of a body."""

    format: Format
    source: str
    columns: str | None
    gzip: bool


def describe_upload(headers: Mapping[str, str] | None) -> Description:
    """Read the headers, whatever their case. Raises RefusedError (400 or 415)."""
    given = {name.lower(): value.strip() for name, value in (headers or {}).items()}
    kind = _format(given.get("content-type", ""))
    return Description(
        format=kind,
        source=_source(given.get("x-source", UNKNOWN_SOURCE)),
        columns=_columns(given.get("x-column-policy"), kind),
        gzip=_gzip(given.get("content-encoding", "identity")),
    )


def body_of(event: Mapping[str, Any]) -> bytes:
    """Return the body's bytes as they were sent. Raises RefusedError (400 or 413)."""
    text = event.get("body") or ""
    try:
        body = base64.b64decode(text) if event.get("isBase64Encoded") else text.encode()
    except (binascii.Error, UnicodeError):
        raise RefusedError(400, "invalid_body", "the body could not be read") from None
    if len(body) > MAX_BODY:
        raise RefusedError(
            413,
            "too_large",
            f"the body has {len(body)} bytes; at most {MAX_BODY} are taken: "
            "compress it with gzip or split it",
        )
    return body


def decompress(body: bytes) -> bytes:
    """Return the content of a gzip body, never unpacking more than MAX_CONTENT bytes.

    Raises RefusedError (413) when there is more, and Rejected when it is not gzip or is cut off.
    """
    try:
        return b"".join(gunzip((body,), limit=MAX_CONTENT))
    except Rejected as rejected:
        if rejected.reason is Reason.TOO_LARGE:
            raise RefusedError(413, "too_large", f"{rejected.detail}: split it") from None
        raise


def _format(content_type: str) -> Format:
    message = Message()
    message["content-type"] = content_type
    try:
        return CONTENT_TYPES[message.get_content_type()]
    except KeyError:
        allowed = ", ".join(CONTENT_TYPES)
        raise RefusedError(
            415, "unsupported_media_type", f"Content-Type must be one of {allowed}"
        ) from None


def _source(source: str) -> str:
    if not SOURCE.fullmatch(source):
        raise RefusedError(400, "invalid_header", "X-Source must be 1 to 32 of a-z, 0-9 and hyphen")
    return source


def _columns(name: str | None, kind: Format) -> str | None:
    if kind is not Format.CSV:
        return None
    if name not in names():
        raise RefusedError(
            400,
            "unknown_column_policy",
            "text/csv needs X-Column-Policy, one of " + ", ".join(names()),
        )
    return name


def _gzip(encoding: str) -> bool:
    if encoding.lower() not in ("identity", "gzip"):
        raise RefusedError(415, "unsupported_encoding", "Content-Encoding must be gzip or left out")
    return encoding.lower() == "gzip"
