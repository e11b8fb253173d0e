"""Profiles: complete, default deny, and refused with a sentence when they are wrong."""

import tomllib
from pathlib import Path
from typing import Any

import orjson
import pytest

from infra.ingestion.runtime.deidentification import (
    Deidentifier,
    Format,
    PolicyError,
    load_policy,
)
from infra.ingestion.runtime.deidentification.policy import (
    KINDS,
    PROFILES,
    Action,
    catalogue,
    policy_from,
)

from .conftest import KEY
from .conftest import PROFILES as NAMES

SPECIAL = {"resource", "full_url", "request", "event", "set_id", "sub_id", "flag", "charset"} | {
    "observation", "coded", "message_type", "structured_number", "unit_coded", "number_or_text",
    "reference_range",
}  # fmt: skip


def test_every_profile_gives_every_kind_an_action(profile: str) -> None:
    assert set(load_policy(profile).actions) == set(KINDS)


def specs(table: Any) -> set[str]:
    if isinstance(table, dict):
        return {spec for inside in table.values() for spec in specs(inside)}
    if isinstance(table, list):
        return {spec for inside in table for spec in specs(inside)}
    return {table}


def test_every_kind_in_the_catalogues_is_known() -> None:
    fhir = catalogue("fhir")
    used = specs([fhir["types"], fhir["common"], fhir["resources"], fhir["primitives"]])
    assert used <= set(KINDS) | SPECIAL | set(fhir["types"]) | set(fhir["primitives"])
    hl7 = catalogue("hl7v2")
    tables = [*hl7["segments"].values(), hl7["observation"]]
    tables += [table for table in hl7["types"].values() if isinstance(table, dict)]
    named = {spec for table in tables for spec in table.values() if isinstance(spec, str)}
    assert named <= set(KINDS) | SPECIAL | set(hl7["types"])


@pytest.mark.parametrize("kind", ["name", "phone", "email", "address_line", "city", "national_id",
    "insurance_id", "account", "licence", "vehicle_id", "device_id", "url", "ip_address",
    "attachment", "free_text", "narrative", "geocode", "location"])  # fmt: skip
def test_direct_identifiers_are_redacted_in_every_profile(profile: str, kind: str) -> None:
    assert load_policy(profile).action(kind) is Action.REDACT


def test_safe_harbor_keeps_no_date_but_the_year() -> None:
    policy = load_policy("safe_harbor")
    assert {policy.action("date"), policy.action("birth_date")} == {Action.YEAR_ONLY}
    assert policy.action("time") is Action.REDACT
    assert policy.oldest_age == 89


def test_the_restricted_prefixes_are_those_of_both_censuses() -> None:
    text = (PROFILES / "safe_harbor.toml").read_text(encoding="utf-8")
    restricted = tomllib.loads(text)["postal"]["restricted"]
    assert {year: len(set(prefixes)) for year, prefixes in restricted.items()} == {
        "2000": 17,
        "2020": 18,
    }
    assert load_policy("safe_harbor").zip3_restricted == {*restricted["2000"], *restricted["2020"]}


def test_a_kind_without_an_action_is_dropped() -> None:
    engine = Deidentifier(policy_from({}, source="empty"), KEY)
    record = b'{"resourceType":"Patient","id":"p1","gender":"male","birthDate":"2000"}'
    assert engine.deidentify(record, Format.FHIR_JSON).content == b'{"resourceType":"Patient"}'


def test_a_profile_of_ones_own_adds_elements_and_systems(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        (PROFILES / "safe_harbor.toml").read_text(encoding="utf-8")
        + "\n[codes.systems]\n\"http://hospital.example/lab\" = '[A-Z]{3}'\n"
        + '[fhir.resources.Patient]\nmultipleBirthInteger = "number"\n'
    )
    coding = {"system": "http://hospital.example/lab", "code": "ABC"}
    engine = Deidentifier(str(own), KEY)
    records = [
        {"resourceType": "Patient", "multipleBirthInteger": 2},
        {"resourceType": "Observation", "code": {"coding": [coding, {**coding, "code": "Zoe"}]}},
    ]
    made = [
        orjson.loads(engine.deidentify(orjson.dumps(one), Format.FHIR_JSON).content)
        for one in records
    ]
    assert made[0]["multipleBirthInteger"] == 2
    assert made[1]["code"]["coding"] == [coding]


@pytest.mark.parametrize(
    ("profile", "sentence"),
    [
        ({"actions": {"zoe": "keep"}}, "own: actions.zoe: unknown kind; there are account"),
        ({"actions": {"name": "zoe"}}, "own: actions.name: 'zoe'; allowed are keep, redact"),
        ({"actions": {"name": "date_shift"}}, "own: actions.name: 'date_shift'; allowed are"),
        ({"dates": {"shift_days": 0}}, "own: dates.shift_days and dates.years must be 1 or more"),
    ],
)
def test_a_wrong_profile_is_one_sentence(profile: dict[str, Any], sentence: str) -> None:
    with pytest.raises(PolicyError, match=sentence):
        policy_from(profile, source="own")


@pytest.mark.parametrize("name", ["zoe", "../profiles/safe_harbor", "", "missing.toml"])
def test_an_unknown_profile_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(PolicyError, match="there are jp_anonymised, jp_pseudonymised, safe_harbor"):
        Deidentifier(name, KEY)
    assert all(load_policy(known) for known in NAMES)


def test_a_broken_file_is_refused(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text("[actions")
    with pytest.raises(PolicyError, match=r"own\.toml: "):
        Deidentifier(str(own), KEY)
