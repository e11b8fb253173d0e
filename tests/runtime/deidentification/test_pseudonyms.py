"""Pseudonyms and offsets: keyed, stable, and the same in every format."""

import hashlib
import hmac
import re

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.ingestion.runtime.deidentification import (
    ColumnPolicy,
    Deidentifier,
    Format,
    PolicyError,
)
from infra.ingestion.runtime.deidentification.pseudonyms import Pseudonyms

from .conftest import KEY, TODAY

COLUMNS = ColumnPolicy.from_toml('patient = "id"\n[columns]\nid = "patient_id"\nday = "date"\n')


def pseudonyms(key: bytes = KEY, domain: str = "") -> Pseudonyms:
    return Pseudonyms(key, domain=domain, shift_days=365)


@given(st.text(st.characters(codec="ascii"), min_size=1, max_size=11).filter(str.strip))
def test_is_hmac_sha256_of_the_value(value: str) -> None:
    message = b"pseudonym\0\0" + value.strip().encode()
    expected = hmac.new(KEY, message, hashlib.sha256).hexdigest()[:32]
    assert pseudonyms().pseudonym(value) == expected


@pytest.mark.parametrize("key", [b"k" * 32, b"k" * 64, b"k" * 65, bytes(range(200))])
def test_any_length_of_key_is_used_as_hmac_does(key: bytes) -> None:
    expected = hmac.new(key, b"pseudonym\0d\0P1", hashlib.sha256).hexdigest()[:32]
    assert pseudonyms(key, "d").pseudonym("P1") == expected


def test_a_short_key_is_refused() -> None:
    with pytest.raises(PolicyError, match="31 bytes; at least 32"):
        pseudonyms(b"k" * 31)


def test_widths_and_blanks_make_no_difference() -> None:
    assert pseudonyms().pseudonym("Ｐ１２３") == pseudonyms().pseudonym(" P123 ")


def test_key_and_domain_make_a_difference() -> None:
    made = {
        pseudonyms().pseudonym("P1"),
        pseudonyms(KEY[::-1]).pseudonym("P1"),
        pseudonyms(domain="other").pseudonym("P1"),
        pseudonyms().pseudonym("P2"),
    }
    assert len(made) == 4


def test_no_pseudonym_is_made_of_a_my_number() -> None:
    assert pseudonyms().pseudonym("123456789018") is None
    assert pseudonyms().pseudonym("1234-5678-9018") is None
    assert pseudonyms().pseudonym("123456789012") is not None
    assert pseudonyms().uuid("123456789018") is None


@given(st.text(max_size=40))
def test_offsets_are_within_the_bound_and_never_zero(patient: str) -> None:
    offset = pseudonyms().offset(patient)
    assert 1 <= abs(offset) <= 365


def test_offsets_spread_over_both_directions() -> None:
    offsets = {pseudonyms().offset(f"P{n}") for n in range(2_000)}
    assert min(offsets) < -350
    assert max(offsets) > 350
    assert len(offsets) > 600


def test_a_patient_has_one_pseudonym_in_every_format(profile: str) -> None:
    engine = Deidentifier(profile, KEY, columns=COLUMNS, today=TODAY)
    resource = {"resourceType": "Patient", "id": "P0012345"}
    observation = {"resourceType": "Observation", "subject": {"reference": "Patient/P0012345"}}
    message = b"MSH|^~\\&|A|B|C|D|2026||ADT^A01|1|P|2.5\rPID|1||P0012345^^^^MR\r"
    lines = [
        engine.deidentify(orjson.dumps(one), Format.FHIR_NDJSON).content
        for one in (resource, observation)
    ]
    found = {
        orjson.loads(lines[0])["id"],
        orjson.loads(lines[1])["subject"]["reference"].removeprefix("Patient/"),
        re.findall(rb"PID\|1\|\|(\w+)", engine.deidentify(message, Format.HL7V2).content)[
            0
        ].decode(),
        engine.deidentify(b"id,day\nP0012345,\n", Format.CSV).content.split(b"\n")[1].decode()[:-1],
    }
    assert len(found) == 1


def test_the_anonymised_release_has_other_pseudonyms() -> None:
    record = b'{"resourceType":"Patient","id":"P1"}'
    made = {
        orjson.loads(Deidentifier(name, KEY).deidentify(record, Format.FHIR_JSON).content)["id"]
        for name in ("safe_harbor", "jp_pseudonymised", "jp_anonymised")
    }
    assert len(made) == 2
