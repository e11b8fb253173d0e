"""Uploads cut into records, lazily: memory holds one record, however long the file is."""

import io
import zlib
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any, NamedTuple

import orjson

from .errors import Reason, Rejected

MAX_RECORD_BYTES = 32 * 1024 * 1024
"""A longer record (line, message, resource) is refused: nothing clinical comes so in one piece."""
_CHUNK = 256 * 1024
_BOM = b"\xef\xbb\xbf"
_BATCH_SEGMENTS = (b"FHS", b"BHS", b"BTS", b"FTS")
_MLLP = b"\x0b\x1c"
_SHORTEST_HEADER = len("MSH|^~")


class Format(StrEnum):
    """Formats of an upload."""

    FHIR_JSON = "fhir-json"
    """One resource or Bundle: one record."""
    FHIR_NDJSON = "fhir-ndjson"
    """A resource a line."""
    HL7V2 = "hl7v2"
    """One or many ER7 messages, with or without MLLP frames and batch segments."""
    CSV = "csv"
    """A table with a header; needs a column policy."""


class Deidentified(NamedTuple):
    """A record that names nobody.

    `content` ends as its format wants, so that the contents of one file's records, put one after
    another, are a file. `record_type` is a resource type, a message type (ADT_A01) or csv.
    """

    content: bytes
    record_type: str


def json_record(content: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the one record of a JSON file. Raises Rejected when it is too large or empty."""
    buffer = io.BytesIO()
    for chunk in content:
        buffer.write(chunk)
        _check_size(buffer.tell())
    record = buffer.getvalue().removeprefix(_BOM).strip()
    if record:
        yield record


def lines(content: Iterable[bytes]) -> Iterator[bytes]:
    """Yield lines that are not blank, without their ends. Raises Rejected on one too large."""
    rest = bytearray()
    first = True
    for chunk in content:
        rest += chunk
        if b"\n" not in chunk:
            _check_size(len(rest))
            continue
        *whole, last = bytes(rest).split(b"\n")
        rest = bytearray(last)
        if first:
            whole[0], first = whole[0].removeprefix(_BOM), False
        for line in whole:
            if stripped := line.strip():
                yield stripped
    end = bytes(rest).removeprefix(_BOM) if first else bytes(rest)
    if stripped := end.strip():
        yield stripped


def messages(content: Iterable[bytes]) -> Iterator[bytes]:
    """Yield HL7 v2 messages with their segment ends; batch segments and MLLP frames are left out.

    What stands before the first MSH is a record too, so that it is refused and not lost.
    Raises Rejected on one too large.
    """
    message: list[bytes] = []
    size = 0
    for segment in _segments(content):
        bare = segment.strip(_MLLP + b" \t\r\n")
        if not bare or bare.startswith(_BATCH_SEGMENTS):
            continue
        if bare.startswith(b"MSH") and message:
            yield b"".join(message)
            message, size = [], 0
        message.append(segment.strip(_MLLP))
        size += len(segment)
        _check_size(size)
    if message:
        yield b"".join(message)


def _segments(content: Iterable[bytes]) -> Iterator[bytes]:
    r"""Cut at \r, \n or \r\n and keep the end; a \r\n that two chunks share is kept whole."""
    rest = bytearray()
    for chunk in content:
        rest += chunk
        if b"\r" not in chunk and b"\n" not in chunk:
            _check_size(len(rest))
            continue
        held = b"\r" if rest.endswith(b"\r") else b""
        whole = _cut(bytes(rest).removesuffix(held))
        rest = bytearray(held)
        if held or (whole and not whole[-1].endswith((b"\r", b"\n"))):
            rest = bytearray((whole.pop() if whole else b"") + held)
        yield from whole
    yield from _cut(bytes(rest))


def _cut(text: bytes) -> list[bytes]:
    # bytes.splitlines knows \r, \n and \r\n only, unlike str.splitlines.
    return text.splitlines(keepends=True)


def gunzip(content: Iterable[bytes], *, limit: int) -> Iterator[bytes]:
    """Unpack gzip piece by piece and stop at `limit` bytes, whatever a bomb promises.

    Raises Rejected: invalid_gzip when it is broken or cut off, too_large beyond the limit.
    """
    unpacker = zlib.decompressobj(wbits=31)
    total = 0
    started = False
    for chunk in content:
        data = chunk
        while data:
            if unpacker.eof:
                if not data.strip(b"\0"):
                    break
                unpacker = zlib.decompressobj(wbits=31)
            started = True
            try:
                piece = unpacker.decompress(data, _CHUNK)
            except zlib.error:
                raise Rejected(Reason.INVALID_GZIP, "the file is not gzip, or broken") from None
            total += len(piece)
            if total > limit:
                raise Rejected(Reason.TOO_LARGE, f"it unpacks to more than {limit} bytes")
            if piece:
                yield piece
            data = unpacker.unconsumed_tail or unpacker.unused_data
    if started and not unpacker.eof:
        raise Rejected(Reason.INVALID_GZIP, "the file is cut off")


def chunks(content: bytes | Iterable[bytes]) -> Iterable[bytes]:
    """Return content as an iterable of pieces."""
    return (content,) if isinstance(content, bytes) else content


def parsed(record: bytes) -> Any:
    """Parse JSON. Raises Rejected with the place but not the text of a mistake."""
    try:
        return orjson.loads(record)
    except orjson.JSONDecodeError as error:
        raise Rejected(
            Reason.INVALID_JSON, f"not JSON at line {error.lineno}, column {error.colno}"
        ) from None


def validate(content: bytes, format: Format) -> None:
    """Check cheaply that an upload is what it claims to be.

    A file of many records passes when one of them does: the others are judged one by one later.
    Raises Rejected.
    """
    checks = {
        Format.FHIR_JSON: (json_record, _check_resource),
        Format.FHIR_NDJSON: (lines, _check_resource),
        Format.HL7V2: (messages, check_message),
        Format.CSV: (lines, _check_text),
    }
    cut, check = checks[format]
    refusal = Rejected(Reason.EMPTY, "there is no record")
    for record in cut((content,)):
        try:
            check(record)
            return
        except Rejected as error:
            if refusal.reason is Reason.EMPTY:
                refusal = error
    raise refusal


def check_message(message: bytes) -> None:
    """Check that a record begins as an HL7 v2 message does. Raises Rejected."""
    start = message.lstrip(_MLLP + b"\r\n")
    if not start.startswith(b"MSH") or len(start) < _SHORTEST_HEADER:
        raise Rejected(Reason.INVALID_HL7, "a message begins with MSH")
    marks = start[3:4] + start[4:10].split(start[3:4])[0]
    # Field, component and repetition at least; escape, subcomponent and truncation at most.
    proper = 3 <= len(marks) <= 6 and len(set(marks)) == len(marks)  # noqa: PLR2004
    if not proper or any(chr(mark).isalnum() or mark <= ord(" ") for mark in marks):
        raise Rejected(Reason.INVALID_HL7, "MSH-1 and MSH-2 do not name the delimiters")


def _check_resource(record: bytes) -> None:
    resource = parsed(record)
    if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
        raise Rejected(Reason.NOT_FHIR, "there is no resourceType")


def _check_text(record: bytes) -> None:
    if b"\0" in record:
        raise Rejected(Reason.INVALID_ENCODING, "the file holds NUL bytes")


def _check_size(size: int) -> None:
    if size > MAX_RECORD_BYTES:
        raise Rejected(Reason.TOO_LARGE, f"a record has more than {MAX_RECORD_BYTES} bytes")
