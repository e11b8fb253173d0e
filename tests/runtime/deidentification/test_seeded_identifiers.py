"""No seeded identifier survives anywhere, in any format and profile; a weaker policy is caught."""

import csv
import io
import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.ingestion.runtime.deidentification import ColumnPolicy, Deidentifier, Format
from infra.ingestion.runtime.deidentification.columns import COLUMN_KINDS
from infra.ingestion.runtime.deidentification.policy import (
    PROFILES,
    Policy,
    catalogue,
    policy_from,
)

from .conftest import KEY, TODAY, engine_of
from .conftest import PROFILES as NAMES
from .seeds import FhirSeeder, Person, hl7_message, survivors

FHIR = catalogue("fhir")
TYPES = [kind for kind in FHIR["resources"] if kind != "Bundle"]
COLUMNS = [*sorted(COLUMN_KINDS), "code:http://loinc.org", "redact"]
NUMBERS = ("number", "age")
TABLE = ColumnPolicy(
    columns={"patient": "patient_id", **{f"c{n}": kind for n, kind in enumerate(COLUMNS)}},
    patient="patient",
)


def resources(person: Person) -> tuple[list[dict[str, Any]], int]:
    seeder = FhirSeeder(FHIR, person)
    return [seeder.resource(kind) for kind in TYPES], seeder.count


def bundle(person: Person) -> bytes:
    entries = [
        {"fullUrl": f"{person.url}/Patient/{person.record_number}", "resource": resource}
        for resource in resources(person)[0]
    ]
    return orjson.dumps(
        {"resourceType": "Bundle", "type": "collection", "id": person.other, "entry": entries}
    )


def table(person: Person) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(TABLE.columns)
    for seed in person.all:
        # A ZIP code is five digits, and so is many a measurement: it says nothing as a number.
        cells = ["" if seed == person.zip and kind in NUMBERS else seed for kind in COLUMNS]
        writer.writerow([person.record_number, *cells])
    return out.getvalue().encode()


@cache
def table_engine(profile: str) -> Deidentifier:
    return Deidentifier(profile, KEY, columns=TABLE, today=TODAY)


def outputs(person: Person, engine: Deidentifier, tables: Deidentifier) -> dict[str, bytes]:
    """De-identify the person's records in every format."""
    made, _ = resources(person)
    lines = b"\n".join(orjson.dumps(one) for one in made)
    message = hl7_message(catalogue("hl7v2"), person).encode()
    return {
        "ndjson": b"".join(
            engine.deidentify(record, Format.FHIR_NDJSON).content
            for record in engine.records(lines, Format.FHIR_NDJSON)
        ),
        "json": engine.deidentify(bundle(person), Format.FHIR_JSON).content,
        "hl7": engine.deidentify(message, Format.HL7V2).content,
        "csv": b"".join(
            tables.deidentify(record, Format.CSV).content
            for record in tables.records(table(person), Format.CSV)
        ),
    }


def check(person: Person, profile: str) -> None:
    made = outputs(person, engine_of(profile), table_engine(profile))
    for form, content in made.items():
        assert survivors(content, [person]) == [], (form, profile)


def test_ten_thousand_identifiers_are_gone_from_every_format_and_profile() -> None:
    seeded = 0
    for number in range(4):
        person = Person(number * 137 + 11)
        seeded += resources(person)[1] + len(person.all) * len(COLUMNS)
        for profile in NAMES:
            check(person, profile)
    assert seeded > 10_000


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=4, deadline=None)
@given(number=st.integers(1, 9_000))
def test_whoever_it_is(name: str, number: int) -> None:
    check(Person(number), name)


@pytest.mark.parametrize(
    ("kind", "where"),
    [
        ("name", {"ndjson", "json", "hl7", "csv"}),
        ("phone", {"ndjson", "json", "hl7", "csv"}),
        ("address_line", {"ndjson", "json", "hl7", "csv"}),
        ("city", {"ndjson", "json", "hl7", "csv"}),
        ("free_text", {"ndjson", "json", "hl7", "csv"}),
        ("national_id", {"hl7", "csv"}),
        ("licence", {"ndjson", "json", "hl7", "csv"}),
        ("account", {"ndjson", "json", "hl7", "csv"}),
        ("device_id", {"ndjson", "json", "hl7", "csv"}),
        ("insurance_id", {"ndjson", "json", "csv"}),
        ("attachment", {"ndjson", "json", "csv"}),
        ("url", {"ndjson", "json", "csv"}),
        ("narrative", {"ndjson", "json"}),
        ("birth_date", {"ndjson", "json", "hl7", "csv"}),
        ("date", {"ndjson", "json", "hl7", "csv"}),
        ("postal", {"ndjson", "json", "hl7", "csv"}),
        ("id", {"ndjson", "json", "hl7", "csv"}),
    ],
)
def test_a_weakened_policy_is_caught(kind: str, where: set[str]) -> None:
    policy = weakened(kind)
    person = Person(4_711)
    made = outputs(
        person,
        Deidentifier(policy, KEY, today=TODAY),
        Deidentifier(policy, KEY, columns=TABLE, today=TODAY),
    )
    assert {form for form, content in made.items() if survivors(content, [person])} == where


def weakened(kind: str) -> Policy:
    text = (PROFILES / "safe_harbor.toml").read_text(encoding="utf-8")
    profile: Mapping[str, Any] = tomllib.loads(text)
    actions = {**profile["actions"], kind: "keep"}
    return policy_from({**profile, "actions": actions}, source="weakened")


def test_an_element_added_to_the_catalogue_as_kept_text_is_caught() -> None:
    text = (PROFILES / "safe_harbor.toml").read_text(encoding="utf-8")
    profile = tomllib.loads(text)
    profile["fhir"] = {"resources": {"Patient": {"unheardOf": {"deep": {"deeper": "open"}}}}}
    profile["actions"]["free_text"] = "keep"
    profile["fhir"]["primitives"] = {"open": "free_text"}
    person = Person(12)
    engine = Deidentifier(policy_from(profile, source="weakened"), KEY, today=TODAY)
    made = FhirSeeder(FHIR, person).resource("Patient")
    done = engine.deidentify(orjson.dumps(made), Format.FHIR_NDJSON).content
    assert orjson.loads(done)["unheardOf"] == made["unheardOf"]
    assert survivors(done, [person])
