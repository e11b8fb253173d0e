"""`iryo guard`: sentences, JSON and exit codes."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from compliance.guard import sources
from compliance.guard.replacement import What
from compliance.guard_commands import guard
from tests.compliance.guard_sides import SNAPSHOTS, Body, declaring, replacement, resource

BUCKET = resource("S3::Bucket", BucketName="a")
OTHER = resource("S3::Bucket", BucketName="b")


def run(*arguments: object) -> Any:
    cli = typer.Typer()
    cli.command()(guard)
    return CliRunner().invoke(cli, [str(one) for one in arguments])


def snapshot(folder: Path, body: Body) -> Path:
    folder.mkdir()
    file = folder / "test_template[dev-Root].json"
    file.write_text(json.dumps({"Resources": {"Store": body}}))
    return folder


def test_the_platform_passes_with_one_line() -> None:
    found = run(SNAPSHOTS, SNAPSHOTS)
    assert found.exit_code == 0
    assert found.stdout.startswith("guard: ")
    assert "0 refused, 0 declared, 0 unsure, 0 wrong declarations" in found.stdout
    assert found.stdout.count("\n") == 1


def test_a_refusal_is_one_sentence_and_exit_1(tmp_path: Path) -> None:
    found = run(snapshot(tmp_path / "a", BUCKET), snapshot(tmp_path / "b", OTHER))
    assert found.exit_code == 1
    [refused, summary] = found.stdout.splitlines()
    assert refused == (
        "REFUSED iryo-dev: Store (AWS::S3::Bucket) would be replaced: BucketName from a to b; an "
        "empty one takes its place: the old one stays with its objects, but nothing here uses or "
        "guards it; undo it, or declare(Replacement(what=What.REPLACED, ...)) on it"
    )
    assert "1 refused" in summary


def test_a_declaration_is_shown_and_exit_0(tmp_path: Path) -> None:
    declared = declaring(OTHER, replacement(What.REPLACED))
    found = run(snapshot(tmp_path / "a", BUCKET), snapshot(tmp_path / "b", declared))
    assert found.exit_code == 0
    assert found.stdout.startswith("declared: iryo-dev: Store")


def test_a_wrong_declaration_is_exit_1(tmp_path: Path) -> None:
    declared = declaring(BUCKET, replacement(What.REPLACED))
    found = run(snapshot(tmp_path / "a", BUCKET), snapshot(tmp_path / "b", declared))
    assert found.exit_code == 1
    assert found.stdout.startswith("REFUSED iryo-dev/Store: the declaration IRYO-31")


def test_json_for_machines(tmp_path: Path) -> None:
    found = run(snapshot(tmp_path / "a", BUCKET), snapshot(tmp_path / "b", OTHER), "--json")
    said = json.loads(found.stdout)
    assert (found.exit_code, said["passes"]) == (1, False)
    assert said["compared"] == {"stacks": 1, "resources": 1, "stateful": 1}
    [refused] = said["refused"]
    assert refused["changes"] == [{"what": "BucketName", "before": "a", "after": "b"}]
    assert (refused["what"], refused["of"], refused["declaration"]) == ("replaced", "Store", None)


def test_wrong_input_is_one_sentence_and_exit_2(tmp_path: Path) -> None:
    found = run(tmp_path / "nowhere", SNAPSHOTS)
    assert (found.exit_code, found.stdout) == (2, "")
    assert found.stderr.count("\n") == 1
    assert "there is no such folder" in found.stderr
    broken = snapshot(tmp_path / "b", {**BUCKET, "Metadata": {"Iryo::Replacement": ["x"]}})
    found = run(snapshot(tmp_path / "a", BUCKET), broken)
    assert found.exit_code == 2
    assert found.stderr.startswith("iryo-dev/Store: Iryo::Replacement is not what")


def test_without_history_it_says_that_nothing_was_compared(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sources, "usual_base", lambda _: None)
    found = run()
    assert (found.exit_code, "nothing was compared" in found.stdout) == (0, True)
    assert json.loads(run("--json").stdout)["passes"] is True
