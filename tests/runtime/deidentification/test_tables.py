"""CSV by column policy."""

import pytest

from infra.ingestion.runtime.deidentification import (
    ColumnPolicy,
    Deidentifier,
    Format,
    PolicyError,
    Reason,
    Rejected,
)

from .conftest import KEY, PROFILES, TODAY

POLICY = """
patient = "id"
[columns]
id = "patient_id"
name = "name"
born = "birth_date"
seen = "date"
weight = "number"
ward = ["内科", "外科"]
icd = "code:I10"
zip = "postal"
age = "age"
remark = "keep"
secret = "drop"
"""
HEADER = "id,name,born,seen,weight,ward,icd,zip,age,remark,secret\n"
KEPT = "id,name,born,seen,weight,ward,icd,zip,age,remark\n"


def engine(profile: str = "safe_harbor", policy: str = POLICY) -> Deidentifier:
    columns = ColumnPolicy.from_toml(policy, source="columns.toml")
    return Deidentifier(profile, KEY, columns=columns, today=TODAY)


def table(content: str | bytes, profile: str = "safe_harbor", policy: str = POLICY) -> str:
    made = engine(profile, policy)
    raw = content.encode() if isinstance(content, str) else content
    return b"".join(
        made.deidentify(row, Format.CSV).content for row in made.records(raw, Format.CSV)
    ).decode()


def test_each_column_by_its_kind() -> None:
    row = 'P1,"Zoe, Ms.",昭和7年5月14日,2026/1/5,70.5,内科,I50.0,100-0001,94,stable,Zoe\n'
    header, kept = table(HEADER + row).splitlines()
    assert header + "\n" == KEPT
    assert kept.split(",")[1:] == ["", "", "2026", "70.5", "内科", "I50.0", "100", "90", "stable"]


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("stable", "stable"),
        ("=1+1", "'=1+1"),
        ("-2.5", "-2.5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("090-1234-5678", ""),
        ("zoe@example.org", ""),
        ("昭和55年3月5日", ""),
        ("田中様", ""),
        ("x" * 65, ""),
    ],
)
def test_a_kept_column_keeps_nothing_that_looks_like_an_identifier(cell: str, kept: str) -> None:
    assert table(HEADER + f"P1,,,,,,,,,{cell},\n").splitlines()[1].split(",")[9] == kept


@pytest.mark.parametrize("profile", PROFILES)
def test_a_file_at_once_is_the_same_as_row_by_row(profile: str) -> None:
    content = HEADER + "P1,Zoe,19800101,20260101,1,外科,,,,,\nP2,,,,,,,,,,\n"
    whole = engine(profile).deidentify(content.encode(), Format.CSV).content.decode()
    assert whole == table(content, profile)
    assert whole.count("id,name") == 1


def test_the_header_comes_with_the_first_row_that_passes() -> None:
    made = engine()
    rows = list(made.records(f"{HEADER}P1,too,few\nP2,,,,,,,,,,\n".encode(), Format.CSV))
    with pytest.raises(Rejected) as caught:
        made.deidentify(rows[0], Format.CSV)
    assert caught.value.reason is Reason.INVALID_CSV
    assert caught.value.detail == "the row has 3 cells, the header 11"
    assert made.deidentify(rows[1], Format.CSV).content.startswith(KEPT.encode())
    # A rejected row goes to quarantine as a file of its own.
    assert rows[0] == f"{HEADER}P1,too,few\n".encode()


@pytest.mark.parametrize("encoding", ["utf-8", "shift_jis", "euc_jp", "iso2022_jp"])
def test_encodings_go_in_and_out(encoding: str) -> None:
    policy = f'encoding = "{encoding}"\n[columns]\n"診療科" = ["内科", "外科"]\n"氏名" = "name"\n'
    content = "診療科,氏名\r\n内科,田中\r\n".encode(encoding)
    made = engine(policy=policy)
    assert made.deidentify(content, Format.CSV).content == "診療科,氏名\r\n内科,\r\n".encode(
        encoding
    )


def test_a_byte_order_mark_stays() -> None:
    content = b"\xef\xbb\xbfid\nP1\n"
    made = table(content, policy='[columns]\nid = "patient_id"\n')
    assert made.startswith("\ufeffid\n")


def test_quotes_and_line_ends_within_cells() -> None:
    content = HEADER + 'P1,"Zoe\nZoe ""Z""",,,,,,,,"a, b",\nP2,,,,,,,,,,\n'
    made = table(content)
    assert "Zoe" not in made
    assert '"a, b"' in made
    assert len(made.splitlines()) == 3


@pytest.mark.parametrize(
    ("content", "reason", "detail"),
    [
        (b"", Reason.EMPTY, "there is no record"),
        (HEADER.encode(), Reason.EMPTY, "there is no record"),
        (b"id,Zoe\nP1,x\n", Reason.UNKNOWN_COLUMN, "column 2 of the header is not in the column policy"),
        (b"id,id\nP1,x\n", Reason.INVALID_CSV, "column 2 has the name of another"),
        (b"name\nZoe\n", Reason.MISSING_PATIENT, "the column that names the patient is not there"),
        ("id,name\nP1,田中\n".encode("cp932"), Reason.INVALID_ENCODING, "the file is not utf-8"),
        (b"id,name\nP1,\"" + b"x" * 1_100_000, Reason.INVALID_CSV, "the quotes or cells cannot be read"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_rejected(
    content: bytes, reason: Reason, detail: str
) -> None:
    with pytest.raises(Rejected) as caught:
        list(engine().records(content, Format.CSV))
    assert (caught.value.reason, caught.value.detail) == (reason, detail)


def test_a_row_without_a_patient_is_rejected() -> None:
    with pytest.raises(Rejected) as caught:
        table(HEADER + " ,Zoe,,,,,,,,,\n")
    assert caught.value.reason is Reason.MISSING_PATIENT


def test_scrubbing_removes_what_the_row_names() -> None:
    policy = POLICY.replace('remark = "keep"', 'remark = "scrub"')
    row = 'P1,山田 花子,昭和7年5月14日,,,,,,,"ヤマダではなく山田花子は 1932/5/14 生まれ、安定",\n'
    made = table(HEADER + row, policy=policy)
    assert "山田" not in made
    assert "1932" not in made
    assert "安定" in made


@pytest.mark.parametrize(
    ("policy", "sentence"),
    [
        ("[columns]\na = 'zoe'\n", "columns.a: 'zoe'; allowed are keep, redact"),
        ("[columns]\na = 'coding'\n", "columns.a: 'coding'; allowed are"),
        ("[columns]\na = []\n", r"columns.a: \[\]; allowed are"),
        ("", "columns: a table of columns is needed"),
        ("columns = 1", "columns: a table of columns is needed"),
        ("colums = 1", "colums: unknown key; allowed are columns, delimiter, encoding, patient"),
        ("patient = 'b'\n[columns]\na = 'name'\n", "patient: 'b' is none of the columns"),
        ("encoding = 'ebcdic'\n[columns]\na = 'name'\n", "encoding: 'ebcdic'; allowed are utf-8"),
        ("delimiter = ':'\n[columns]\na = 'name'\n", "delimiter: ':'; allowed are"),
        ("[columns", "columns.toml: "),
    ],
)
def test_a_wrong_policy_is_one_sentence(policy: str, sentence: str) -> None:
    with pytest.raises(PolicyError, match=sentence) as caught:
        engine(policy=policy)
    assert "\n" not in str(caught.value)


def test_a_policy_cannot_weaken_the_profile() -> None:
    policy = "patient = 'a'\n[columns]\na = 'patient_id'\nb = 'date_shift'\n"
    with pytest.raises(PolicyError, match=r"columns\.b: safe_harbor does not keep shifted dates"):
        engine(policy=policy)
    assert engine("jp_pseudonymised", policy)


def test_shifted_dates_need_a_patient() -> None:
    with pytest.raises(PolicyError, match="patient: needed, because jp_pseudonymised shifts dates"):
        engine("jp_pseudonymised", "[columns]\nb = 'date'\n")
    assert engine("safe_harbor", "[columns]\nb = 'date'\n")


def test_csv_without_a_column_policy_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(PolicyError, match="CSV needs a column policy"):
        Deidentifier("safe_harbor", KEY).deidentify(b"a\n1\n", Format.CSV)
