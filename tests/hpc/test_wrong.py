"""Every file of wrong/ is refused with the sentence that its first line names, and exit 2."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from hpc.commands import hpc
from infra.config import path_of
from tests.hpc.conftest import needs_vendor
from tests.hpc.inputs import GOOD, WRONG, good_yaml, merged, toml, whole

CASES = [pytest.param(file, id=file.name) for file in WRONG]
REQUIRED = 40


@needs_vendor
@pytest.mark.usefixtures("warm_vendor")
@pytest.mark.parametrize("change", CASES)
def test_is_refused_with_a_sentence(change: Path, tmp_path: Path) -> None:
    file, expected = whole(change, tmp_path)
    answer = CliRunner().invoke(hpc, ["check", str(file), "--name", "research"])
    assert answer.exit_code == 2, answer.output
    assert f"{change.name}: {expected}" in answer.output.replace(f"{tmp_path}/", "")
    assert "Traceback" not in answer.output


@needs_vendor
@pytest.mark.usefixtures("warm_vendor")
def test_without_a_change_both_forms_are_good(tmp_path: Path) -> None:
    import tomllib

    import yaml

    written = tmp_path / "good.toml"
    written.write_text(toml(merged(tomllib.loads(GOOD.read_text()), {})))
    bare = tmp_path / "good.yaml"
    bare.write_text(yaml.safe_dump(good_yaml()))
    for file in (written, bare):
        answer = CliRunner().invoke(hpc, ["check", str(file), "--name", "research"])
        assert answer.exit_code == 0, answer.output


def test_there_are_enough_of_them() -> None:
    assert len(WRONG) >= REQUIRED
    assert {file.suffix for file in WRONG} == {".toml", ".yaml"}


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("broken.toml", "a = ", "is not valid TOML"),
        ("broken.yaml", "a: [", "is not valid YAML"),
        ("list.yaml", "- a", "is not a ParallelCluster configuration"),
        ("none.toml", path_of("dev").read_text(encoding="utf-8"), "hpc: nothing is described"),
        ("binary.toml", "\xff\xfe", "cannot be read as UTF-8"),
    ],
)
def test_a_file_that_is_none(name: str, content: str, sentence: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(content.encode("latin-1" if "\xff" in content else "utf-8"))
    answer = CliRunner().invoke(hpc, ["check", str(file)])
    assert answer.exit_code == 2
    assert sentence in answer.output


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    answer = CliRunner().invoke(hpc, ["check", str(tmp_path / "absent.toml")])
    assert (answer.exit_code, "no such file" in answer.output) == (2, True)


def test_a_subnet_that_is_none(tmp_path: Path) -> None:
    file = tmp_path / "good.yaml"
    file.write_text("Region: ap-northeast-1")
    answer = CliRunner().invoke(hpc, ["check", str(file), "--subnet", "subnet-1=ten"])
    assert answer.exit_code == 2
    assert "ID=CIDR@ZONE is allowed" in answer.output
