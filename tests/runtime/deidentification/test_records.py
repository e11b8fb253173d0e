"""Files cut into records: whatever the chunks, with flat memory, guarded against bombs."""

import gzip
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.ingestion.runtime.deidentification import (
    Deidentifier,
    Format,
    Reason,
    Rejected,
    gunzip,
    validate,
)
from infra.ingestion.runtime.deidentification import records as module

from .conftest import engine_of


def chunked(content: bytes, size: int) -> list[bytes]:
    return [content[i : i + size] for i in range(0, len(content), size)]


@given(st.lists(st.sampled_from([b'{"a":1}', b"", b"  ", b"\r", b"x"])), st.integers(1, 9))
def test_lines_whatever_the_chunks(parts: list[bytes], size: int) -> None:
    content = b"\n".join(parts)
    expected = [part.strip() for part in parts if part.strip()]
    assert list(module.lines(chunked(content, size))) == expected


def test_a_byte_order_mark_is_no_record() -> None:
    assert list(module.lines([b"\xef", b"\xbb\xbf", b"{}\n"])) == [b"{}"]
    assert list(module.lines([b"\xef\xbb\xbf"])) == []
    assert list(module.json_record([b"\xef\xbb\xbf{}"])) == [b"{}"]


@pytest.mark.parametrize("format", [Format.FHIR_JSON, Format.FHIR_NDJSON, Format.HL7V2])
@pytest.mark.parametrize("content", [b"", b"\n \r\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_rejected(
    safe_harbor: Deidentifier, format: Format, content: bytes
) -> None:
    if format is Format.HL7V2 and content.startswith(b"\xef"):
        content = b"\x0b\x1c\r"
    with pytest.raises(Rejected) as caught:
        list(safe_harbor.records(content, format))
    assert caught.value.reason is Reason.EMPTY
    with pytest.raises(Rejected) as caught:
        validate(content, format)
    assert caught.value.reason is Reason.EMPTY


@pytest.mark.parametrize("format", list(Format))
def test_a_record_that_is_too_large_is_rejected(
    monkeypatch: pytest.MonkeyPatch, format: Format
) -> None:
    from infra.ingestion.runtime.deidentification import ColumnPolicy, tables

    from .conftest import KEY

    monkeypatch.setattr(module, "MAX_RECORD_BYTES", 1000)
    monkeypatch.setattr(tables, "MAX_RECORD_BYTES", 1000)
    columns = ColumnPolicy.from_toml('[columns]\na = "name"\n')
    engine = Deidentifier("safe_harbor", KEY, columns=columns)
    start = b"MSH|^~\\&|\r" if format is Format.HL7V2 else b"a\n"
    with pytest.raises(Rejected) as caught:
        list(engine.records(chunked(start + b"x" * 1500, 100), format))
    assert caught.value.reason is Reason.TOO_LARGE


def test_memory_stays_flat_however_long_the_file_is() -> None:
    engine = engine_of("safe_harbor")

    def upload(lines: int) -> Iterator[bytes]:
        text = b"x" * 900
        for number in range(lines):
            yield (
                b'{"resourceType":"Observation","id":"o%d","status":"final","subject":'
                b'{"reference":"Patient/p%d"},"text":{"div":"%b"}}\n' % (number, number, text)
            )

    def peak(lines: int) -> int:
        tracemalloc.start()
        for record in engine.records(upload(lines), Format.FHIR_NDJSON):
            engine.deidentify(record, Format.FHIR_NDJSON)
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(2_000)
    assert peak(4_000) < 3 * 1024 * 1024


@given(st.binary(max_size=2_000), st.integers(1, 50), st.integers(1, 3))
def test_gunzip_gives_back_what_was_packed(content: bytes, size: int, members: int) -> None:
    packed = gzip.compress(content) * members
    assert b"".join(gunzip(chunked(packed, size), limit=10_000)) == content * members


def test_a_bomb_is_stopped_at_the_limit() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000, compresslevel=1)
    got = 0
    with pytest.raises(Rejected) as caught:
        for piece in gunzip([bomb], limit=1_000_000):
            got += len(piece)
    assert caught.value.reason is Reason.TOO_LARGE
    assert got <= 1_000_000


@pytest.mark.parametrize(
    "packed",
    [b"plain text", gzip.compress(b"x" * 1000)[:-9], gzip.compress(b"x") + b"junk"],
    ids=["plain", "cut", "followed"],  # the time is in a gzip header, and must not be in a name
)
def test_what_is_no_gzip_is_rejected(packed: bytes) -> None:
    with pytest.raises(Rejected) as caught:
        list(gunzip([packed], limit=10_000))
    assert caught.value.reason is Reason.INVALID_GZIP


@pytest.mark.parametrize(
    ("format", "content", "reason"),
    [
        (Format.FHIR_JSON, b'{"resourceType":"Patient"}', None),
        (Format.FHIR_JSON, b'{"resourceType":"Patient"', Reason.INVALID_JSON),
        (Format.FHIR_JSON, b'{"hello":"world"}', Reason.NOT_FHIR),
        (Format.FHIR_JSON, b"[1]", Reason.NOT_FHIR),
        (Format.FHIR_NDJSON, b'{"resource\n{"resourceType":"Patient"}\n', None),
        (Format.FHIR_NDJSON, b'{"resource\n{"x":1}\n', Reason.INVALID_JSON),
        (Format.HL7V2, b"MSH|^~\\&|A\rPID|1\r", None),
        (Format.HL7V2, b"PID|1\rMSH|^~\\&|A\r", None),
        (Format.HL7V2, b"PID|1\r", Reason.INVALID_HL7),
        (Format.CSV, b"a,b\n1,2\n", None),
        (Format.CSV, "a,b\n".encode("utf-16"), Reason.INVALID_ENCODING),
    ],
)
def test_validation_is_cheap_and_lets_one_good_record_pass(
    format: Format, content: bytes, reason: Reason | None
) -> None:
    if reason is None:
        validate(content, format)
        return
    with pytest.raises(Rejected) as caught:
        validate(content, format)
    assert caught.value.reason is reason
