"""Every gated synthesis writes the report, whatever the verdict; a wrong base stops it."""

import json
from pathlib import Path
from typing import Any

import pytest

from compliance import gate
from compliance.evidence import BASE, kill, writing
from compliance.tables import FrameworkError
from tests.compliance.evidence import world
from tests.compliance.small_app import SETTINGS, build

QUEUE = "small/Room/Inner/Queue/Resource"
RULE = "IRYO-MESSAGING-ENCRYPTION"


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CDK_VALIDATION", "false")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    monkeypatch.setattr(kill, "SCORE", tmp_path / "none.json")
    monkeypatch.setattr(writing, "RELEASED", tmp_path / "none.json")


def synthesised(folder: Path, **given: Any) -> int:
    return gate.synthesise(build(folder, **given), SETTINGS)


def written(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in (folder / "compliance").iterdir()}


def verdicts(folder: Path) -> dict[tuple[str, str], str]:
    report: dict[str, Any] = json.loads((folder / "compliance" / "report.json").read_bytes())
    return {
        (report["rules"][row[0]][0], report["places"][row[1]][0]): report["verdicts"][row[2]]
        for row in report["rows"]
        if row[0] >= 0
    }


def test_a_broken_property_in_a_nested_stack_turns_exactly_that_red(tmp_path: Path) -> None:
    assert synthesised(tmp_path / "good") == 0
    assert synthesised(tmp_path / "bad", encrypted=False) == 1
    for folder in ("good", "bad"):
        assert sorted(written(tmp_path / folder)) == world.FILES
    before, after = verdicts(tmp_path / "good"), verdicts(tmp_path / "bad")
    assert (before[RULE, QUEUE], after[RULE, QUEUE]) == ("pass", "fail")
    assert {place for place in before if after.get(place) != before[place]} == {(RULE, QUEUE)}
    sarif = json.loads(written(tmp_path / "bad")["results.sarif"])
    assert {one["ruleId"] for one in sarif["runs"][0]["results"]} == {RULE}


def test_the_same_synthesis_gives_the_same_bytes(tmp_path: Path) -> None:
    assert synthesised(tmp_path) == 0
    first = written(tmp_path)
    assert synthesised(tmp_path) == 0
    assert written(tmp_path) == first


@pytest.mark.parametrize(
    ("content", "sentence"), [(None, "no report to read"), ("{}", "no report")]
)
def test_a_wrong_base_is_one_sentence_and_the_old_report_stays(
    content: str | None, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert synthesised(tmp_path) == 0
    old = written(tmp_path)
    base = tmp_path / "base.json"
    if content is not None:
        base.write_text(content)
    capsys.readouterr()
    assert synthesised(tmp_path, context={BASE: str(base)}) == 2
    said = [line for line in capsys.readouterr().err.splitlines() if "base.json" in line]
    assert len(said) == 1 and sentence in said[0]
    assert written(tmp_path) == old


def test_a_broken_framework_is_one_sentence_and_the_old_report_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert synthesised(tmp_path) == 0
    old = written(tmp_path)

    def broken(*_: object) -> None:
        raise FrameworkError("frameworks/act.toml: clause 'X' has no title")

    monkeypatch.setattr(gate, "assess", broken)
    capsys.readouterr()
    assert synthesised(tmp_path) == 2
    assert "frameworks/act.toml: clause 'X' has no title\n" in capsys.readouterr().err
    assert written(tmp_path) == old
