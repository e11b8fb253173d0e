"""Shifted dates keep every interval of a patient, between resources, messages and rows."""

from datetime import date, timedelta

import orjson
from hypothesis import given
from hypothesis import strategies as st

from infra.ingestion.runtime.deidentification import ColumnPolicy, Deidentifier, Format

from .conftest import KEY, TODAY

COLUMNS = ColumnPolicy.from_toml('patient = "id"\n[columns]\nid = "patient_id"\nday = "date"\n')
ENGINE = Deidentifier("jp_pseudonymised", KEY, columns=COLUMNS, today=TODAY)
DAYS = st.dates(date(1930, 1, 1), date(2030, 12, 31))
PATIENTS = st.from_regex(r"\A[A-Za-z0-9\-.]{1,11}\Z")
HEADER = "MSH|^~\\&|A|B|C|D|2026||ADT^A01|1|P|2.5"


def in_fhir(patient: str, day: date) -> date:
    resource = {
        "resourceType": "Observation",
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": f"{day}T23:30:00+09:00",
    }
    made = orjson.loads(ENGINE.deidentify(orjson.dumps(resource), Format.FHIR_NDJSON).content)
    assert made["effectiveDateTime"].endswith("T23:30:00+09:00")
    return date.fromisoformat(made["effectiveDateTime"][:10])


def as_birth(patient: str, day: date) -> date:
    resource = {"resourceType": "Patient", "id": patient, "birthDate": str(day)}
    made = orjson.loads(ENGINE.deidentify(orjson.dumps(resource), Format.FHIR_JSON).content)
    return date.fromisoformat(made["birthDate"])


def in_hl7(patient: str, day: date) -> date:
    record = f"{HEADER}\rPID|1||{patient}^^^^MR\rDG1|1||||{day:%Y%m%d}0930\r".encode()
    made = ENGINE.deidentify(record, Format.HL7V2).content.split(b"|")[-1].decode()
    assert made.endswith("0930\r")
    return date.fromisoformat(made[:8])


def in_csv(patient: str, day: date) -> date:
    record = f"id,day\n{patient},{day:%Y/%m/%d}\n".encode()
    made = ENGINE.deidentify(record, Format.CSV).content.decode().strip()
    return date.fromisoformat(made.rsplit(",", 1)[1].replace("/", "-"))


@given(patient=PATIENTS, days=st.tuples(DAYS, DAYS, DAYS, DAYS))
def test_between_all_formats(patient: str, days: tuple[date, date, date, date]) -> None:
    ways = (in_fhir, as_birth, in_hl7, in_csv)
    moves = {way(patient, day) - day for way, day in zip(ways, days, strict=True)}
    assert len(moves) == 1
    assert timedelta() < abs(moves.pop()) <= timedelta(365)


@given(patient=PATIENTS, day=DAYS, length=st.integers(0, 400))
def test_a_period_keeps_its_length(patient: str, day: date, length: int) -> None:
    resource = {
        "resourceType": "Encounter",
        "subject": {"reference": f"Patient/{patient}"},
        "period": {"start": str(day), "end": str(day + timedelta(length))},
    }
    made = orjson.loads(ENGINE.deidentify(orjson.dumps(resource), Format.FHIR_NDJSON).content)
    start, end = (date.fromisoformat(made["period"][key]) for key in ("start", "end"))
    assert end - start == timedelta(length)


def test_patients_are_moved_by_different_offsets() -> None:
    day = date(2026, 1, 5)
    assert len({in_fhir(f"p{n}", day) for n in range(50)}) > 40
