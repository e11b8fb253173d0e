"""Whatever comes, the engine answers with a record or with Rejected; same in, same out."""

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.ingestion.runtime.deidentification import (
    ColumnPolicy,
    Deidentifier,
    Format,
    Rejected,
    validate,
)
from infra.ingestion.runtime.deidentification.policy import catalogue

from .conftest import KEY, PROFILES, TODAY

COLUMNS = ColumnPolicy.from_toml('[columns]\na = "patient_id"\nb = "number"\nc = "scrub"\n')
ENGINES = [Deidentifier(name, KEY, columns=COLUMNS, today=TODAY) for name in PROFILES]
FHIR = catalogue("fhir")
NAMES = sorted(
    {name for table in FHIR["resources"].values() for name in table}
    | {name for table in FHIR["types"].values() if isinstance(table, dict) for name in table}
    | {"resourceType", "id", "coding", "system", "value", "reference", "contained", "identifier"}
)
VALUES = st.sampled_from(
    ["Patient/1", "#1", "urn:uuid:x", "2026-01-05", "male", "http://loinc.org", "2951-2", "mmol/L"]
)
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | VALUES
)
JSON = st.recursive(
    SCALARS,
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), inside, max_size=4)
    ),
    max_leaves=12,
)
RESOURCES = st.builds(
    lambda kind, members: {"resourceType": kind, **members},
    st.sampled_from(sorted(FHIR["resources"])),
    st.dictionaries(st.sampled_from(NAMES), JSON, max_size=6),
)
SEGMENTS = st.lists(
    st.builds(
        lambda name, fields: "|".join([name, *fields]),
        st.sampled_from([*catalogue("hl7v2")["segments"], "ZZZ", ""]),
        st.lists(st.text(st.characters(exclude_characters="\r\n")), max_size=9),
    ),
    max_size=5,
)


def dumped(value: Any) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:  # integers of more than 64 bits
        return b"{}"


def outcome(engine: Deidentifier, record: bytes, format: Format) -> object:
    try:
        return engine.deidentify(record, format)
    except Rejected as rejection:
        return rejection.reason, rejection.detail


@pytest.mark.parametrize("engine", ENGINES, ids=PROFILES)
@given(value=JSON | RESOURCES)
@settings(max_examples=60, deadline=None)
def test_arbitrary_json(engine: Deidentifier, value: Any) -> None:
    record = dumped(value)
    again = [engine, engine]
    if engine is ENGINES[0]:
        again.append(Deidentifier(PROFILES[0], KEY, today=TODAY))
    for format in (Format.FHIR_JSON, Format.FHIR_NDJSON):
        first, *others = (outcome(one, record, format) for one in again)
        assert all(other == first for other in others)


@given(record=st.binary(max_size=300), format=st.sampled_from(list(Format)))
@settings(max_examples=150, deadline=None)
def test_arbitrary_bytes(record: bytes, format: Format) -> None:
    for engine in ENGINES:
        assert outcome(engine, record, format) == outcome(engine, record, format)
        try:
            for one in engine.records(record, format):
                outcome(engine, one, format)
        except Rejected as rejection:
            assert rejection.detail
    try:
        validate(record, format)
    except Rejected as rejection:
        assert rejection.detail


@given(
    start=st.sampled_from(["MSH|^~\\&|", "MSH|^~\\&|A|B|C|D|2026||ADT^A01|1|P|2.5||||||"]),
    charset=st.sampled_from(["", "UNICODE UTF-8", "~ISO IR87", "SHIFT_JIS", "8859/1"]),
    segments=SEGMENTS,
)
@settings(max_examples=150, deadline=None)
def test_arbitrary_segments(start: str, charset: str, segments: list[str]) -> None:
    record = "\r".join([start + charset, *segments]).encode("utf-8", "surrogatepass")
    for engine in ENGINES:
        assert outcome(engine, record, Format.HL7V2) == outcome(engine, record, Format.HL7V2)


@given(value=RESOURCES)
@settings(max_examples=100, deadline=None)
def test_a_mistake_is_told_without_the_record(value: dict[str, Any]) -> None:
    name = "Zylberstein"
    record = dumped({**value, name: name, "entry": [{"resource": name}]}) + name.encode()
    with pytest.raises(Rejected) as caught:
        ENGINES[0].deidentify(record, Format.FHIR_JSON)
    assert name not in str(caught.value)
