"""FHIR: what is kept, how references hold together, and what becomes of ages and dates."""

import sys
from typing import Any

import orjson
import pytest

from infra.ingestion.runtime.deidentification import Deidentifier, Format, Reason, Rejected

LOINC = {"system": "http://loinc.org", "code": "2951-2", "display": "Sodium"}


def done(engine: Deidentifier, resource: Any) -> dict[str, Any]:
    content = engine.deidentify(orjson.dumps(resource), Format.FHIR_JSON).content
    made: dict[str, Any] = orjson.loads(content)
    return made


def rejection(engine: Deidentifier, record: bytes) -> Rejected:
    with pytest.raises(Rejected) as caught:
        engine.deidentify(record, Format.FHIR_JSON)
    return caught.value


def test_clinical_content_stays(safe_harbor: Deidentifier) -> None:
    quantity = {
        "value": 141.5,
        "comparator": "<",
        "unit": "mmol/L",
        "system": "http://unitsofmeasure.org",
        "code": "mmol/L",
    }
    made = done(
        safe_harbor,
        {
            "resourceType": "Observation",
            "id": "o1",
            "status": "final",
            "code": {"coding": [LOINC], "text": "Sodium of Zoe"},
            "subject": {"reference": "Patient/p1", "display": "Zoe"},
            "effectiveDateTime": "2026-01-05T09:00:00+09:00",
            "valueQuantity": quantity,
            "interpretation": [
                {
                    "coding": [
                        {
                            "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
                            "code": "N",
                        }
                    ]
                }
            ],
        },
    )
    assert made["status"] == "final"
    assert made["code"] == {"coding": [{"system": "http://loinc.org", "code": "2951-2"}]}
    assert made["effectiveDateTime"] == "2026"
    assert made["valueQuantity"] == quantity
    assert made["interpretation"][0]["coding"][0]["code"] == "N"
    assert made["subject"].keys() == {"reference"}
    assert made["meta"]["security"][0]["code"] == "ANONYED"


def test_displays_stay_with_their_code_where_the_profile_says_so(shifting: Deidentifier) -> None:
    local = {"system": "http://hospital.example/codes", "code": "NA", "display": "Natrium"}
    code = {"coding": [LOINC, local, {"display": "only text"}]}
    made = done(shifting, {"resourceType": "Observation", "code": code})
    assert made["code"] == {"coding": [LOINC]}


@pytest.mark.parametrize("status", ["Zoe", 7, True, None, ["Zoe"], {"text": "Zoe"}, "draft\n"])
def test_a_status_that_is_none_goes(safe_harbor: Deidentifier, status: Any) -> None:
    assert "status" not in done(safe_harbor, {"resourceType": "Observation", "status": status})


@pytest.mark.parametrize(
    ("birth_date", "kept"),
    [("1937-01-01", "1937"), ("1936-12-31", None), ("1901", None), ("2020-05", "2020")],
)
def test_birth_years_of_people_over_89_vanish(
    safe_harbor: Deidentifier, birth_date: str, kept: str | None
) -> None:
    made = done(safe_harbor, {"resourceType": "Patient", "birthDate": birth_date})
    assert made.get("birthDate") == kept


def test_birth_years_are_generalised_in_the_anonymised_profile() -> None:
    from .conftest import engine_of

    engine = engine_of("jp_anonymised")
    made = done(engine, {"resourceType": "Patient", "birthDate": "1984-02-29"})
    assert made["birthDate"] == "1980"
    assert "birthDate" not in done(engine, {"resourceType": "Patient", "birthDate": "1936"})


@pytest.mark.parametrize(
    ("value", "unit", "kept"),
    [
        (89, "a", 89),
        (90, "a", 90),
        (103, "a", 90),
        (1300, "mo", 1080),
        (92, "kg", 92),
        (91, "歳", 90),
    ],
)
def test_ages_are_top_coded(safe_harbor: Deidentifier, value: int, unit: str, kept: int) -> None:
    made = done(
        safe_harbor, {"resourceType": "Condition", "onsetAge": {"value": value, "unit": unit}}
    )
    assert made["onsetAge"] == {"value": kept, "unit": unit}


@pytest.mark.parametrize(
    ("postal", "kept"),
    [("05901", "000"), ("05901-1234", "000"), ("36912", "000"), ("63001", "630"), ("02139-4307", "021"),
     ("100-0001", "100"), ("１００－０００１", "100"), ("Zoe", None), ("123456", None)],
)  # fmt: skip
def test_postal_codes(safe_harbor: Deidentifier, postal: str, kept: str | None) -> None:
    made = done(safe_harbor, {"resourceType": "Patient", "address": [{"postalCode": postal}]})
    assert made.get("address") == ([{"postalCode": kept}] if kept else None)


def test_a_state_stays_and_a_city_in_its_place_does_not(safe_harbor: Deidentifier) -> None:
    for state, kept in [("VT", True), ("東京都", True), ("Faketon", False)]:
        made = done(safe_harbor, {"resourceType": "Patient", "address": [{"state": state}]})
        assert ("address" in made) is kept


@pytest.mark.parametrize(
    "reference",
    ["Patient/p1", "Patient/p1/_history/3", "http://fhir.hospital.example/r4/Patient/p1"],
)
def test_references_to_one_patient_are_one(safe_harbor: Deidentifier, reference: str) -> None:
    patient = done(safe_harbor, {"resourceType": "Patient", "id": "p1"})
    made = done(safe_harbor, {"resourceType": "Condition", "subject": {"reference": reference}})
    assert made["subject"]["reference"] == f"Patient/{patient['id']}"


@pytest.mark.parametrize(
    "reference",
    [
        "Patient?identifier=MRN1",
        "Zoe",
        "Zoe/1",
        "http://hospital.example/people/zoe",
        "",
        "Patient/",
    ],
)
def test_what_is_no_literal_reference_goes(safe_harbor: Deidentifier, reference: str) -> None:
    made = done(safe_harbor, {"resourceType": "Condition", "subject": {"reference": reference}})
    assert "subject" not in made


def test_contained_resources_are_found_by_their_references(safe_harbor: Deidentifier) -> None:
    made = done(
        safe_harbor,
        {
            "resourceType": "Observation",
            "device": {"reference": "#d1"},
            "contained": [
                {"resourceType": "Device", "id": "d1", "serialNumber": "SN1"},
                {"resourceType": "Mystery", "id": "m1", "name": "Zoe"},
            ],
        },
    )
    assert made["device"]["reference"] == f"#{made['contained'][0]['id']}"
    assert made["contained"] == [{"resourceType": "Device", "id": made["contained"][0]["id"]}]


def test_a_bundle_stays_a_whole(shifting: Deidentifier) -> None:
    url = "urn:uuid:8f7c2f1e-4a55-4d0e-9a51-2b7f3a0c1d11"
    stay = {"start": "2026-01-10", "end": "2026-01-15"}
    made = done(
        shifting,
        {
            "resourceType": "Bundle",
            "type": "transaction",
            "entry": [
                {
                    "fullUrl": url,
                    "resource": {"resourceType": "Patient", "birthDate": "1960-01-10"},
                    "request": {"method": "POST", "url": "Patient", "ifNoneExist": "identifier=1"},
                },
                {
                    "fullUrl": "http://server.example/Encounter/e1",
                    "resource": {
                        "resourceType": "Encounter",
                        "id": "e1",
                        "subject": {"reference": url},
                        "period": stay,
                    },
                    "request": {"method": "PUT", "url": "Encounter/e1"},
                },
            ],
        },
    )
    patient, encounter = made["entry"]
    assert encounter["resource"]["subject"]["reference"] == patient["fullUrl"]
    assert patient["request"] == {"method": "POST", "url": "Patient"}
    name = f"Encounter/{encounter['resource']['id']}"
    assert encounter["request"]["url"] == name
    assert encounter["fullUrl"] == f"https://deidentified.invalid/{name}"
    # The birth date and the stay moved by the same days: the age at admission is exact.
    from datetime import date

    born = date.fromisoformat(patient["resource"]["birthDate"])
    start, end = (date.fromisoformat(encounter["resource"]["period"][k]) for k in ("start", "end"))
    assert (end - start).days == 5
    assert (start - born).days == (date(2026, 1, 10) - date(1960, 1, 10)).days
    assert start.isoformat() != "2026-01-10"


def test_without_a_patient_shifted_dates_go(shifting: Deidentifier) -> None:
    made = done(shifting, {"resourceType": "Encounter", "period": {"start": "2026-01-10"}})
    assert "period" not in made


@pytest.mark.parametrize(
    ("kind", "kept"), [("MR", True), (None, True), ("SS", False), ("DL", False), ("PPN", False)]
)
def test_identifiers_by_their_type(safe_harbor: Deidentifier, kind: str | None, kept: bool) -> None:
    identifier: dict[str, Any] = {"system": "http://hospital.example/mrn", "value": "M1"}
    if kind:
        system = "http://terminology.hl7.org/CodeSystem/v2-0203"
        identifier["type"] = {"coding": [{"system": system, "code": kind}]}
    made = done(safe_harbor, {"resourceType": "Patient", "identifier": [identifier]})
    assert ("identifier" in made) is kept
    if kept:
        assert "system" not in made["identifier"][0]


def test_long_numbers_are_somebodys(safe_harbor: Deidentifier) -> None:
    for value, kept in [(250_000, True), (99_999_999, True), (9_012_345_678, False)]:
        made = done(safe_harbor, {"resourceType": "Observation", "valueInteger": value})
        assert ("valueInteger" in made) is kept


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (b"", Reason.EMPTY),
        (b"{", Reason.INVALID_JSON),
        (b"[]", Reason.NOT_FHIR),
        (b"1", Reason.NOT_FHIR),
        (b'{"hello": "world"}', Reason.NOT_FHIR),
        (b'{"resourceType": 7}', Reason.NOT_FHIR),
        (b'{"resourceType": "Zoe"}', Reason.UNKNOWN_RESOURCE_TYPE),
        (b'{"resourceType": "Bundle", "entry": {}}', Reason.NOT_FHIR),
        (b'{"resourceType": "Bundle", "entry": [7]}', Reason.NOT_FHIR),
        (b'{"resourceType": "Bundle", "entry": [{"resource": 7}]}', Reason.NOT_FHIR),
        (
            b'{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Zoe"}}]}',
            Reason.UNKNOWN_RESOURCE_TYPE,
        ),
        ('{"resourceType": "Patient", "id": "田中"}'.encode("cp932"), Reason.INVALID_ENCODING),
        (b'{"resourceType":"Patient","contained":' + b"[" * 5000 + b"]" * 5000 + b"}",
         Reason.INVALID_JSON),
    ],
)  # fmt: skip
def test_what_is_no_fhir_is_rejected(
    safe_harbor: Deidentifier, record: bytes, reason: Reason
) -> None:
    error = rejection(safe_harbor, record)
    assert error.reason is reason
    assert "Zoe" not in str(error)
    assert "田中" not in str(error)


@pytest.mark.parametrize("limit", [1000, 100_000])
def test_deep_nesting_of_what_is_named_is_rejected(safe_harbor: Deidentifier, limit: int) -> None:
    """However deep Python itself may go; the writer of JSON has a limit of its own."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(limit)
    try:
        _nested_is_rejected(safe_harbor)
    finally:
        sys.setrecursionlimit(before)


def _nested_is_rejected(safe_harbor: Deidentifier) -> None:
    item = b'{"linkId":"1"}'
    for _ in range(500):
        item = b'{"item":[' + item + b"]}"
    record = b'{"resourceType":"QuestionnaireResponse","item":[' + item + b"]}"
    error = rejection(safe_harbor, record)
    assert error.reason is Reason.INVALID_JSON
