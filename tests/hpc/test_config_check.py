"""`iryo config check` asks the HPC room's judges too, whether the room is on or not."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import iryo
from tests.hpc.conftest import needs_vendor
from tests.hpc.inputs import GOOD

FULL = GOOD.with_name("full.toml")


def changed(folder: Path, old: str, new: str) -> Path:
    text = FULL.read_text(encoding="utf-8")
    assert old in text
    file = folder / "changed.toml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    return file


@needs_vendor
@pytest.mark.usefixtures("warm_vendor")
def test_what_is_good_is_good() -> None:
    answer = CliRunner().invoke(iryo, ["config", "check", str(FULL)])
    assert (answer.exit_code, "good" in answer.output) == (0, True)


@needs_vendor
@pytest.mark.usefixtures("warm_vendor")
@pytest.mark.parametrize("switch", ["true", "false"])
def test_what_only_facts_can_tell_is_said_with_file_and_key(tmp_path: Path, switch: str) -> None:
    file = changed(tmp_path, "c6i.32xlarge", "p3.16xlarge")
    file.write_text(file.read_text().replace("hpc = true", f"hpc = {switch}"), encoding="utf-8")
    answer = CliRunner().invoke(iryo, ["config", "check", str(file)])
    assert answer.exit_code == 2
    assert f"{file}: hpc.clusters[0].queues[0].instance_types[0]: p3.16xlarge has" in answer.output
    assert "the nearest allowed is p4d.24xlarge" in answer.output


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "max_nodes = 8",
            "max_node = 8",
            "queues[0].max_node: unknown key; did you mean max_nodes",
        ),
        ('kind = "fargate"', 'kind = "lambda"', "environments[0].kind: 'lambda' is not allowed"),
        ("monthly_usd = 2000", "monthly_usd = 0", "hpc.budget.monthly_usd: 0 is too small; at"),
        ("weight = 0.5", "weight = 1000.0", "shares[0].weight: 1000.0 is too large; at most 999"),
    ],
)
def test_a_wrong_key_or_value_needs_no_judge(tmp_path: Path, old: str, new: str, said: str) -> None:
    answer = CliRunner().invoke(iryo, ["config", "check", str(changed(tmp_path, old, new))])
    assert (answer.exit_code, said in answer.output) == (2, True), answer.output


def test_nobody_says_good_without_the_vendor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IRYO_PCLUSTER_PYTHON", str(tmp_path / "absent"))
    answer = CliRunner().invoke(iryo, ["config", "check", str(FULL)])
    assert answer.exit_code == 1
    assert "not judged" in answer.output and ": good" not in answer.output
