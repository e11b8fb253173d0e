"""`iryo deidentify`: files and folders in, the same names out, the refused in quarantine."""

import gzip
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from infra.ingestion.commands import deidentify
from infra.ingestion.runtime.deidentification import Deidentifier

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "samples"
PATIENT = b'{"resourceType":"Patient","id":"p1","name":[{"family":"Zoe"}],"gender":"male"}\n'

app = typer.Typer()
app.command()(deidentify)
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    key = tmp_path / "key"
    key.write_text("0123456789abcdef" * 4 + "\n")
    key.chmod(0o600)

    def run(*arguments: object, profile: str = "safe_harbor") -> Result:
        options = ["--profile", profile, "--key", key, "--out", tmp_path / "out"]
        options += ["--quarantine", tmp_path / "quarantine"]
        return CliRunner().invoke(app, [str(part) for part in (*options, *arguments)])

    return run


def summary(result: Result) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(result.stdout)
    return made


def folder(path: Path) -> set[str]:
    return {str(file.relative_to(path)) for file in path.rglob("*") if file.is_file()}


def test_a_folder_keeps_its_names(run: Run, tmp_path: Path) -> None:
    inputs = tmp_path / "in"
    (inputs / "2026" / "deep").mkdir(parents=True)
    (inputs / "a.ndjson").write_bytes(PATIENT * 3)
    (inputs / "2026" / "b.json").write_bytes(PATIENT)
    (inputs / "2026" / "deep" / "c.hl7").write_bytes((SAMPLES / "admissions.hl7").read_bytes())
    (inputs / ".hidden").write_bytes(b"x")
    result = run(inputs)
    assert result.exit_code == 0, result.output
    assert folder(tmp_path / "out") == {"a.ndjson", "2026/b.json", "2026/deep/c.hl7"}
    assert not (tmp_path / "quarantine").exists()
    made = summary(result)
    assert made.pop("seconds") >= 0
    assert made == {
        "profile": "safe_harbor",
        "files": 3,
        "records": 7,
        "deidentified": 7,
        "quarantined": 0,
        "types": {"ADT_A01": 1, "ORU_R01": 2, "Patient": 4},
        "reasons": {},
    }
    assert b"Zoe" not in (tmp_path / "out" / "a.ndjson").read_bytes()


def test_the_refused_go_to_quarantine_with_the_reason(run: Run, tmp_path: Path) -> None:
    result = run(SAMPLES / "bad" / "unknown-type.ndjson", SAMPLES / "bad" / "empty.ndjson")
    assert result.exit_code == 1
    kept = tmp_path / "quarantine"
    name = "unknown-type.ndjson.record-{}.ndjson"
    names = {name.format(1), name.format(3), "empty.ndjson"}
    assert folder(kept) == names | {f"{name}.reason.json" for name in names}
    assert (kept / name.format(1)).read_bytes() == b'{"resourceType":"Spaceship","id":"x"}'
    assert json.loads((kept / f"{name.format(1)}.reason.json").read_text()) == {
        "file": "unknown-type.ndjson",
        "record": 1,
        "reason": "unknown_resource_type",
        "detail": "the profile has no elements for this resource type",
    }
    assert {stat.S_IMODE(file.stat().st_mode) for file in kept.iterdir()} == {0o600}
    assert (tmp_path / "out" / "unknown-type.ndjson").read_bytes().count(b"\n") == 1
    assert folder(tmp_path / "out") == {"unknown-type.ndjson"}
    made = summary(result)
    assert (made["deidentified"], made["quarantined"]) == (1, 3)
    assert made["reasons"] == {"empty": 1, "invalid_json": 1, "unknown_resource_type": 1}


def test_a_file_that_breaks_off_leaves_no_output(run: Run, tmp_path: Path) -> None:
    columns = tmp_path / "columns.toml"
    columns.write_text('[columns]\na = "number"\n')
    table = tmp_path / "table.csv"
    table.write_bytes(b"a\n1\n2\n" + b'"' + b"x" * 1_100_000)
    result = run(table, "--columns", columns)
    assert result.exit_code == 1
    assert folder(tmp_path / "out") == set()
    assert folder(tmp_path / "quarantine") == {"table.csv", "table.csv.reason.json"}
    made = summary(result)
    assert (made["deidentified"], made["types"], made["reasons"]) == (0, {}, {"invalid_csv": 1})


def test_gzip_in_gzip_out(run: Run, tmp_path: Path) -> None:
    packed = tmp_path / "p.ndjson.gz"
    packed.write_bytes(gzip.compress(PATIENT * 2))
    assert run(packed).exit_code == 0
    out = (tmp_path / "out" / "p.ndjson.gz").read_bytes()
    assert gzip.decompress(out).count(b"Patient") == 2
    assert run(packed).exit_code == 0
    assert (tmp_path / "out" / "p.ndjson.gz").read_bytes() == out


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (gzip.compress(PATIENT * 50)[:-5], "invalid_gzip"),
        (b"no gzip", "invalid_gzip"),
        (gzip.compress(b'{"a":"' + b" " * 70_000_000 + b'"}', compresslevel=1), "too_large"),
    ],
    ids=["cut", "plain", "bomb"],
)
def test_bad_gzip_and_bombs_go_to_quarantine(
    run: Run, tmp_path: Path, content: bytes, reason: str
) -> None:
    packed = tmp_path / "p.ndjson.gz"
    packed.write_bytes(content)
    result = run(packed)
    assert result.exit_code == 1
    assert summary(result)["reasons"] == {reason: 1}
    assert folder(tmp_path / "out") == set()


@pytest.mark.parametrize(
    ("file", "option", "kind"),
    [
        (("x", PATIENT), (), "Patient"),
        (("x.txt", PATIENT * 2), (), "Patient"),
        (("x.json", PATIENT * 2), (), "Patient"),
        (("x.json", b'{\n"resourceType": "Patient"\n}\n'), (), "Patient"),
        (("x.dat", b"\x0bMSH|^~\\&|A|B|C|D|2026||ACK|1|P|2.5\r"), (), "ACK"),
        (("x.json", b"MSH|^~\\&|A|B|C|D|2026||ACK|1|P|2.5\r"), ("--format", "hl7v2"), "ACK"),
        (("x.hl7", PATIENT), ("--format", "fhir"), "Patient"),
    ],
)
def test_the_format_is_told_or_guessed(
    run: Run, tmp_path: Path, file: tuple[str, bytes], option: tuple[str, ...], kind: str
) -> None:
    (tmp_path / file[0]).write_bytes(file[1])
    result = run(tmp_path / file[0], *option)
    assert result.exit_code == 0, result.output
    assert set(summary(result)["types"]) == {kind}


def test_a_file_in_no_format_is_not_lost(run: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes(b"Zoe was here")
    result = run(tmp_path / "notes.txt")
    assert result.exit_code == 1
    assert summary(result)["reasons"] == {"unknown_format": 1}


def test_csv_with_its_policy(run: Run, tmp_path: Path) -> None:
    result = run(
        SAMPLES / "visits.csv", "--columns", SAMPLES / "visits.toml", profile="jp_pseudonymised"
    )
    assert result.exit_code == 0, result.output
    assert (tmp_path / "out" / "visits.csv").read_text().startswith("診察券番号,氏名,生年月日,")


def test_the_key_is_taken_as_secrets_manager_holds_it(
    run: Run, tmp_path: Path, safe_harbor: Deidentifier
) -> None:
    (tmp_path / "p.json").write_bytes(PATIENT)
    assert run(tmp_path / "p.json").exit_code == 0
    engine = Deidentifier("safe_harbor", b"0123456789abcdef" * 4)
    from infra.ingestion.runtime.deidentification import Format

    expected = engine.deidentify(PATIENT, Format.FHIR_JSON).content
    assert (tmp_path / "out" / "p.json").read_bytes() == expected


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--profile", "zoe"), "profile 'zoe': not known; there are jp_anonymised"),
        (("--format", "csv"), "CSV needs --columns POLICY"),
        (("--columns", "{tmp}/bad.toml"), "colums: unknown key"),
        (("--out", "{tmp}"), "would be overwritten; choose another --out or --quarantine"),
        (("--quarantine", "{tmp}"), "would be overwritten"),
        (("--key", "{tmp}/short"), "holds 16 bytes of key, 32 are needed; make one: openssl rand"),
        (("{tmp}/other/p.json",), "has the same name; give one folder only"),
        (("--format", "dicom"), "Invalid value for '--format'"),
        (("--key", "{tmp}/missing"), "does not exist"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_exit_2(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    (tmp_path / "p.json").write_bytes(PATIENT)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "p.json").write_bytes(PATIENT)
    (tmp_path / "bad.toml").write_text("colums = 1")
    (tmp_path / "short").write_text("0123456789abcdef" * 2)
    (tmp_path / "short").chmod(0o600)
    result = run(tmp_path / "p.json", *(part.format(tmp=tmp_path) for part in arguments))
    assert result.exit_code == 2
    assert sentence in " ".join(result.output.replace("│", "").split())
    assert "Traceback" not in result.output
    assert (tmp_path / "p.json").read_bytes() == PATIENT
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("key", "enough"),
    [
        (b"\x00\x01\xfe" * 11, True),
        (b"\x00\x01\xfe" * 10, False),
        (b"f" * 64, True),
        (b"f" * 62, False),
        (b"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", True),
        (b"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYg==", False),
    ],
)
def test_a_key_is_weighed(tmp_path: Path, key: bytes, enough: bool) -> None:
    from infra.ingestion.commands import read_key
    from infra.ingestion.runtime.deidentification import PolicyError

    path = tmp_path / "key"
    path.write_bytes(key)
    path.chmod(0o600)
    if enough:
        assert read_key(path) == key
    else:
        with pytest.raises(PolicyError, match="32 are needed"):
            read_key(path)


def test_a_key_that_others_may_read_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from infra.ingestion.commands import read_key

    path = tmp_path / "key"
    path.write_bytes(b"f" * 64)
    path.chmod(0o644)
    assert read_key(path)
    assert "others may read this key; say chmod 600" in capsys.readouterr().err


def test_help_names_what_is_needed(run: Run) -> None:
    text = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200"}).output
    for part in ("safe_harbor", "openssl rand -hex 32", "--quarantine", "--columns", "NDJSON"):
        assert part in text
