"""`iryo report diff` and `build` at the command line, wrong input foremost."""

from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from compliance.report_commands import report
from tests.compliance.evidence import world

RUN = CliRunner()


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return world.write(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def worse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rooms = world.bodies()
    del rooms["Room"]["Queue"]["Properties"]["KmsMasterKeyId"]
    rooms["Room"]["Policy"]["Properties"]["PolicyDocument"] = world.policy(
        "s3:GetObject", "s3:PutObject"
    )
    return world.write(tmp_path_factory.mktemp("worse"), rooms)


def altered(folder: Path, to: Path, **members: object) -> Path:
    file = to / "altered.json"
    file.write_bytes(
        orjson.dumps({**orjson.loads((folder / "report.json").read_bytes()), **members})
    )
    return file


def test_no_change(base: Path) -> None:
    found = RUN.invoke(report, ["diff", str(base), str(base / "report.json")])
    assert (found.exit_code, found.stdout) == (0, "No change.\n")


def test_a_regression_fails_and_says_which(base: Path, worse: Path) -> None:
    # The folder of a cloud assembly will do, too.
    found = RUN.invoke(report, ["diff", str(base.parent), str(worse)])
    assert found.exit_code == 1
    assert f"- rule `{world.ENCRYPTION}` on `{world.QUEUE}`: `pass` → `fail`" in found.stdout
    assert "- clause `ACT-2026-1(a)`: `pass` → `fail`" in found.stdout
    assert "## IAM widened (1)" in found.stdout
    assert f"- grant `{world.ROLE}`: `s3:PutObject on arn:aws:s3:::records/*`" in found.stdout


def test_better_is_no_regression(base: Path, worse: Path) -> None:
    found = RUN.invoke(report, ["diff", str(worse), str(base)])
    assert found.exit_code == 0
    assert "## Fixed" in found.stdout


@pytest.mark.parametrize("command", ["diff", "build"])
def test_wrong_bases(command: str, base: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.json"
    text.write_text("no report")
    cases = {
        tmp_path / "gone.json": "there is no report to read",
        tmp_path: "there is no report to read",
        text: "is no report",
        altered(base, tmp_path, format="iryo-report/0"): "is of format 'iryo-report/0'",
    }
    for file, sentence in cases.items():
        given = (
            ["diff", str(file), str(base)] if command == "diff" else ["build", "--base", str(file)]
        )
        found = RUN.invoke(report, given)
        assert found.exit_code == 2
        assert sentence in found.stderr
        assert found.stderr.count("\n") == 1
        assert isinstance(found.exception, SystemExit)


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ({"environment": "other"}, "is of environment 'other', not of 'test'"),
        ({"rows": [[999, 999, 0, 0, "", "", "", -1, [], [], ""]]}, "broken inside"),
        ({"format": 1}, "is no report"),
    ],
)
def test_reports_that_cannot_be_compared(
    members: dict[str, object], sentence: str, base: Path, tmp_path: Path
) -> None:
    found = RUN.invoke(report, ["diff", str(altered(base, tmp_path, **members)), str(base)])
    assert found.exit_code == 2
    assert sentence in found.stderr


def test_a_report_that_lacks_something(base: Path, tmp_path: Path) -> None:
    whole = orjson.loads((base / "report.json").read_bytes())
    del whole["grants"]
    file = tmp_path / "short.json"
    file.write_bytes(orjson.dumps(whole))
    found = RUN.invoke(report, ["diff", str(base), str(file)])
    assert (found.exit_code, "lacks grants" in found.stderr) == (2, True)
