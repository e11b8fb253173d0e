"""HL7 v2: segments, fields, delimiters, escapes, character sets and files of messages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.ingestion.runtime.deidentification import Deidentifier, Format, Reason, Rejected
from infra.ingestion.runtime.deidentification.hl7_text import Delimiters, Escapes

from .conftest import engine_of

HEADER = "MSH|^~\\&|HIS|HOSP|LAKE|IRYO|20260115093000||ORU^R01^ORU_R01|M1|P|2.5||||||"
PATIENT = "PID|1||P1^^^^MR||田中^花子^^^^^L^I~タナカ^ハナコ^^^^^L^P||19600214|F"


def message(*segments: str, charset: str = "UNICODE UTF-8", patient: str = PATIENT) -> str:
    return "\r".join([HEADER + charset, patient, *segments]) + "\r"


def done(engine: Deidentifier, text: str, encoding: str = "utf-8") -> list[str]:
    content = engine.deidentify(text.encode(encoding), Format.HL7V2).content
    return content.decode(encoding).removesuffix("\r").split("\r")


def rejection(engine: Deidentifier, record: bytes) -> Rejected:
    with pytest.raises(Rejected) as caught:
        engine.deidentify(record, Format.HL7V2)
    return caught.value


def test_the_type_of_the_message(safe_harbor: Deidentifier) -> None:
    assert safe_harbor.deidentify(message().encode(), Format.HL7V2).record_type == "ORU_R01"


def test_results_by_their_type(safe_harbor: Deidentifier) -> None:
    kept = {
        "NM|2951-2^Na^LN||141.5|mmol/L^^UCUM": "OBX|1|NM|2951-2^^LN||141.5|mmol/L^^UCUM",
        "ST|5778-6^colour^LN||yellow": "OBX|1|ST|5778-6^^LN||yellow",
        "ST|5778-6^colour^LN||<0.5": "OBX|1|ST|5778-6^^LN||<0.5",
        "ST|5778-6^colour^LN||as Zoe said": "OBX|1|ST|5778-6^^LN",
        "TX|8251-1^note^LN||141": "OBX|1|TX|8251-1^^LN",
        "CWE|882-1^ABO^LN||112144000^Blood group A^SCT": "OBX|1|CWE|882-1^^LN||112144000^^SCT",
        "CWE|882-1^ABO^LN||A^Zoe^99LAB^B^Zoe^L": "OBX|1|CWE|882-1^^LN||A^^99LAB^B^^L",
        "SN|2951-2^Na^LN||>^100": "OBX|1|SN|2951-2^^LN||>^100",
        "DT|8665-2^LMP^LN||20260101": "OBX|1|DT|8665-2^^LN||2026",
        "ED|18748-4^report^LN||^TEXT^^Base64^Wm9l": "OBX|1||18748-4^^LN",
        "NM|30525-0^age^LN||97|a^^UCUM": "OBX|1|NM|30525-0^^LN||90|a^^UCUM",
        "NM|30525-0^age^LN||89|a^^UCUM": "OBX|1|NM|30525-0^^LN||89|a^^UCUM",
        "NM|x^local^HOSP||141|Zoe": "OBX|1|NM|||141",
    }
    made = done(safe_harbor, message(*[f"OBX|1|{field}" for field in kept]))
    assert made[2:] == list(kept.values())


def test_unknown_segments_and_empty_ones_go(safe_harbor: Deidentifier) -> None:
    made = done(safe_harbor, message("ZPI|1|Zoe", "IN1|1|Zoe", "NTE|1||Zoe", "DG1|1||I10^x^I10"))
    assert [segment[:3] for segment in made] == ["MSH", "PID", "DG1"]


def test_repetitions_are_judged_one_by_one(safe_harbor: Deidentifier) -> None:
    patient = "PID|1||P1^^^^MR~123456789018^^^^MR~S1^^^^SS~V1^^^^VN"
    made = done(safe_harbor, message(patient=patient))
    numbers = made[1].split("|")[3].split("~")
    assert [number[-2:] if number else "" for number in numbers] == ["MR", "", "", "VN"]


def test_other_delimiters(safe_harbor: Deidentifier) -> None:
    text = message("OBX|1|NM|2951-2^Na^LN||141|mmol/L^^UCUM").translate(
        str.maketrans({"|": "#", "^": "*", "~": "!", "\\": "/", "&": "@"})
    )
    text = text.replace("mmol/L", "mmol/E/L")
    made = done(safe_harbor, text)
    assert made[0].startswith("MSH#*!/@#")
    assert made[2] == "OBX#1#NM#2951-2**LN##141#mmol/E/L**UCUM"


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [
        ("UNICODE UTF-8", "utf-8"),
        ("~ISO IR87", "iso2022_jp"),
        ("ISO IR87", "iso2022_jp"),
        ("SHIFT_JIS", "cp932"),
        ("", "utf-8"),
        ("", "cp932"),
        ("", "iso2022_jp"),
        ("ASCII", "utf-8"),
        ("EUC-JP", "euc_jp"),
    ],
)
def test_character_sets_go_in_and_out(shifting: Deidentifier, charset: str, encoding: str) -> None:
    # 表 and ソ have the byte of the escape character or of a delimiter in these sets.
    results = ["OBX|1|CWE|5778-6^表ソ能^LN||112144000^予^SCT", "NTE|1||田中さん"]
    made = done(shifting, message(*results, charset=charset), encoding)
    assert made[2:] == ["OBX|1|CWE|5778-6^表ソ能^LN||112144000^予^SCT"]
    assert made[0].split("|")[17:] == ([charset] if charset else [])


def test_dates_in_front_of_the_patient_are_shifted_as_the_patients(shifting: Deidentifier) -> None:
    made = done(shifting, message("EVN|A01|20260115093000", "DG1|1||||20260115"))
    first, second, third = (made[n].split("|")[k] for n, k in ((0, 6), (2, 2), (3, 5)))
    assert first == second == third + "093000"
    assert third != "20260115"


def test_each_patient_of_a_message_has_their_own_offset(shifting: Deidentifier) -> None:
    text = message("DG1|1||||20260115", "PID|2||P2^^^^MR", "DG1|1||||20260115")
    made = done(shifting, text)
    alone = done(shifting, message("DG1|1||||20260115", patient="PID|2||P2^^^^MR"))
    assert made[4] == alone[2]
    assert made[2] != made[4]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_segment_ends_stay(safe_harbor: Deidentifier, end: str) -> None:
    content = message("DG1|1||I10^x^I10").replace("\r", end).encode()
    made = safe_harbor.deidentify(content, Format.HL7V2).content.decode()
    assert made.count(end) == 3
    assert made.endswith(end)


@given(st.lists(st.sampled_from(["\r", "\n", "\r\n"]), min_size=1, max_size=1), st.integers(1, 60))
def test_files_of_messages_whatever_the_chunks(ends: list[str], size: int) -> None:
    engine = engine_of("safe_harbor")
    one, two = (message(patient=f"PID|1||P{n}^^^^MR").replace("\r", ends[0]) for n in (1, 2))
    framed = f"FHS|^~\\&|A{ends[0]}BHS|^~\\&|B{ends[0]}\x0b{one}\x1c{ends[0]}\x0b{two}\x1c{ends[0]}BTS|2{ends[0]}"
    content = framed.encode()
    pieces = [content[i : i + size] for i in range(0, len(content), size)]
    assert list(engine.records(pieces, Format.HL7V2)) == [one.encode(), two.encode()]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (b"PID|1||P1", Reason.INVALID_HL7),
        (b"MSH", Reason.INVALID_HL7),
        (b"MSH|", Reason.INVALID_HL7),
        (b"MSH|^^\\&|A", Reason.INVALID_HL7),
        (b"MSHa^~\\&aA", Reason.INVALID_HL7),
        (b"MSH|^~\\&Zoe|A", Reason.INVALID_HL7),
        (b"MSH|^~\\&|A|B|C|D|2026||Zoe|1|P|2.5\rPID|1||P1\r", Reason.INVALID_HL7),
        (b"MSH|^~\\&|A|B|C|D|2026||ADT^A01|1|P|2.5\rPID|1||^^^^MR\r", Reason.MISSING_PATIENT),
        ((message() + message()).encode(), Reason.INVALID_HL7),
        (message(charset="KLINGON").encode(), Reason.INVALID_ENCODING),
        (message(charset="UNICODE UTF-8").encode("cp932"), Reason.INVALID_ENCODING),
        (message(charset="").encode() + b"\xff\xfe\x81", Reason.INVALID_ENCODING),
        (message().encode("utf-16"), Reason.INVALID_HL7),
    ],
)
def test_what_is_no_hl7_is_rejected(
    safe_harbor: Deidentifier, record: bytes, reason: Reason
) -> None:
    error = rejection(safe_harbor, record)
    assert error.reason is reason
    assert "Zoe" not in str(error)


def test_a_hidden_name_in_an_escape_is_found(safe_harbor: Deidentifier) -> None:
    made = done(safe_harbor, message("OBX|1|ST|5778-6^c^LN||\\X5A6F65\\"))
    assert made[2] == "OBX|1|ST|5778-6^^LN"


@given(st.text(st.characters(exclude_characters="\r\n\0", codec="utf-8"), max_size=40))
def test_escapes_are_undone_and_done(text: str) -> None:
    escapes = Escapes(Delimiters(), "utf-8")
    written = escapes.done(text)
    assert not set(written.replace("\\", "")) & set("|^~&")
    assert escapes.undone(written) == text


def test_hexadecimal_escapes_are_in_the_messages_character_set() -> None:
    assert Escapes(Delimiters(), "utf-8").undone("\\XE794B0\\") == "田"
    assert Escapes(Delimiters(), "cp932").undone("\\X9363\\") == "田"
    assert Escapes(Delimiters(), "utf-8").undone("a\\.br\\b\\H\\c\\N\\\\Xzz\\") == "a bc"
