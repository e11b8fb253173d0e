"""Texts without what the record names and without what looks like an identifier."""

import tomllib
from typing import Any

import orjson
import pytest

from infra.ingestion.runtime.deidentification import Deidentifier, Format
from infra.ingestion.runtime.deidentification.policy import PROFILES, policy_from
from infra.ingestion.runtime.deidentification.scrub import REMOVED, Scrubber

from .conftest import KEY


@pytest.mark.parametrize(
    ("known", "text"),
    [
        ("Samplewood", "seen with SAMPLEWOOD's wife"),
        ("Avery Samplewood", "AverySamplewood"),
        ("Li", "Mr. x: li left"),
        ("田中 花子", "田中花子は"),
        ("田中 花子", "花子が"),
        ("タナカ", "ﾀﾅｶ"),
        ("タナカ", "たなか"),
        ("03-5555-0123", "0355550123"),
        ("03-5555-0123", "０３（５５５５）０１２３"),
        ("MRN-4711", "mrn 4711"),
        ("1984-02-29", "2/29/1984"),
        ("1984-02-29", "29.2.84"),
        ("1984-02-29", "昭和59年2月29日"),
        ("12 Nowhere Lane", "lives at 12 Nowhere Lane"),
        ("架空町1-2-3", "架空町１－２－３"),
    ],
)
def test_what_is_known_is_found_in_every_writing(known: str, text: str) -> None:
    scrubbed = Scrubber([known]).scrub(text)
    assert REMOVED in scrubbed
    for part in known.split():
        assert part.lower() not in scrubbed.lower()


@pytest.mark.parametrize(
    "text",
    ["zoe@example.org", "https://example.org/zoe", "198.51.100.7", "2001:db8::7", "090-1234-5678",
     "(802) 555-0142", "+81 3 5555 0123", "123456789018", "000-12-3456", "2026-01-05", "1/5/2026",
     "令和8年1月5日", "S55.3.5", "Jan 5, 2026", "93歳", "aged 97", "品川 300 あ 12-34", "Dr. Mockman",
     "鈴木先生", "田中様", "〒100-0001", "東京都千代田区架空町", "AB123456", "00:1b:44:11:3a:b7"],
)  # fmt: skip
def test_what_has_a_form_is_found(text: str) -> None:
    assert Scrubber(()).scrub(f"x {text} y").count(REMOVED) >= 1
    assert text not in Scrubber(()).scrub(f"x {text} y")


@pytest.mark.parametrize(
    "text",
    [
        "no fever, BP 128/82 mmHg",
        "Na 141.5 mmol/L",
        "再検査、食塩 6 g/日",
        "alive and well",
        "7 days",
    ],
)
def test_clinical_text_stays(text: str) -> None:
    assert Scrubber(["Al", "Li Wei"]).scrub(text) == text


def scrubbing() -> Deidentifier:
    text = (PROFILES / "jp_pseudonymised.toml").read_text(encoding="utf-8")
    profile: dict[str, Any] = tomllib.loads(text)
    profile["actions"]["free_text"] = "scrub"
    return Deidentifier(policy_from(profile, source="scrubbing"), KEY)


def test_a_bundle_is_scrubbed_of_the_names_in_all_its_entries() -> None:
    patient = {
        "resourceType": "Patient",
        "id": "p1",
        "name": [{"family": "Samplewood", "given": ["Avery"]}],
        "telecom": [{"value": "555-0142"}],
        "contact": [{"name": {"text": "Rowan"}}],
    }
    note = {"text": "Avery Samplewood (555-0142) came with Rowan and Mo; no fever"}
    condition = {
        "resourceType": "Condition",
        "subject": {"reference": "Patient/p1", "display": "Mo"},
        "code": {"text": "Avery's fever"},
        "note": [note],
        "text": {"div": "<div>Avery</div>"},
    }
    entry = [{"resource": patient}, {"resource": condition}]
    record = orjson.dumps({"resourceType": "Bundle", "entry": entry})
    made = orjson.loads(scrubbing().deidentify(record, Format.FHIR_JSON).content)
    kept = made["entry"][1]["resource"]
    assert kept["note"][0]["text"].endswith("; no fever")
    assert kept["code"]["text"] == f"{REMOVED}'s fever"
    assert "text" not in kept
    for name in ("Avery", "Samplewood", "Rowan", "0142", "Mo"):
        assert name not in str(kept)


def test_a_message_is_scrubbed_of_its_patients_names() -> None:
    record = (
        "MSH|^~\\&|A|B|C|D|2026||ORU^R01|1|P|2.5||||||UNICODE UTF-8\r"
        "PID|1||P4711^^^^MR||田中^花子~タナカ^ハナコ||19600214|F|||^^千代田区||03-5555-0123\r"
        "NK1|1|Rowan^Mo\r"
        "NTE|1||たなかさんの発熱なし、Rowan より 0355550123 へ。P4711\r"
    )
    made = scrubbing().deidentify(record.encode(), Format.HL7V2).content.decode()
    note = made.split("\r")[-2]
    assert "発熱なし" in note
    for name in ("たなか", "Rowan", "5555", "P4711"):
        assert name not in note
