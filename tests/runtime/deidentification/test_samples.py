"""The samples pass in every profile and lose their people; the bad ones are refused."""

from pathlib import Path

import pytest

from infra.ingestion.runtime.deidentification import ColumnPolicy, Deidentifier, Reason, Rejected
from infra.ingestion.runtime.deidentification.formats import format_of

from .conftest import KEY, TODAY

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "samples"
POLICIES = ROOT / "infra" / "ingestion" / "runtime" / "column_policies"
GOOD = sorted(path for path in SAMPLES.glob("*") if path.is_file() and path.suffix != ".toml")
PEOPLE = ("田中", "花子", "タナカ", "ﾀﾅｶ", "山本", "佐藤", "高橋", "鈴木", "Samplewood", "Avery",
    "Mockman", "12345,", "P0012345", "us-4711", "5555", "555-0142", "000-12-3456", "架空", "千代田",
    "Nowhere", "Faketon", "1932-05-14", "19320514", "昭和7年", "123456789018", "SN-88213377",
    "LOT-77A1", "example", "99117")  # fmt: skip


def columns_of(path: Path) -> ColumnPolicy | None:
    for folder in (SAMPLES, POLICIES):
        if (folder / f"{path.stem}.toml").is_file():
            return ColumnPolicy.read(folder / f"{path.stem}.toml")
    return None


def encoding_of(path: Path) -> str:
    columns = columns_of(path)
    if columns:
        return columns.encoding
    return {"admissions-iso2022": "iso2022_jp", "laboratory-sjis": "cp932"}.get(path.stem, "utf-8")


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_a_sample_passes_and_loses_its_people(path: Path, profile: str) -> None:
    content = path.read_bytes()
    engine = Deidentifier(profile, KEY, columns=columns_of(path), today=TODAY)
    format = format_of(path, content)
    made = b"".join(
        engine.deidentify(record, format).content for record in engine.records(content, format)
    ).decode(encoding_of(path))
    before = content.decode(encoding_of(path))
    assert any(name in before for name in PEOPLE)
    # Column names are the steward's, not a person's.
    body = made.partition("\n")[2] if path.suffix == ".csv" else made
    assert [name for name in PEOPLE if name in body.replace("deidentified.invalid", "")] == []


@pytest.mark.parametrize(
    ("name", "reasons"),
    [
        ("cut-off.json", [Reason.INVALID_JSON]),
        ("not-fhir.json", [Reason.NOT_FHIR]),
        ("wrong-encoding.json", [Reason.INVALID_ENCODING]),
        ("empty.ndjson", [Reason.EMPTY]),
        ("unknown-type.ndjson", [Reason.UNKNOWN_RESOURCE_TYPE, None, Reason.INVALID_JSON]),
        ("no-header.hl7", [Reason.INVALID_HL7]),
        ("no-patient-number.hl7", [Reason.MISSING_PATIENT]),
        ("wrong-charset.hl7", [Reason.INVALID_ENCODING]),
        ("visits-unknown-column.csv", [Reason.UNKNOWN_COLUMN]),
    ],
)
def test_a_bad_sample_is_refused(name: str, reasons: list[Reason | None]) -> None:
    path = SAMPLES / "bad" / name
    content = path.read_bytes()
    columns = ColumnPolicy.read(SAMPLES / "visits.toml")
    engine = Deidentifier("safe_harbor", KEY, columns=columns, today=TODAY)
    format = format_of(path, content)
    found: list[Reason | None] = []
    try:
        for record in engine.records(content, format):
            try:
                engine.deidentify(record, format)
                found.append(None)
            except Rejected as rejection:
                found.append(rejection.reason)
    except Rejected as rejection:
        found.append(rejection.reason)
    assert found == reasons


def test_every_bad_sample_is_tried() -> None:
    assert len(list((SAMPLES / "bad").iterdir())) == 9
