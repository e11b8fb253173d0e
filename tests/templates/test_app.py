"""`python app.py` is what the CDK command line runs: its exit code decides a deployment."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.conftest import ENVIRONMENTS, Synthesis

ROOT = Path(__file__).parents[2]


def run(
    *arguments: str, outdir: Path, context: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "CDK_OUTDIR": str(outdir),
        "CDK_CONTEXT_JSON": json.dumps(context or {}),
    }
    return subprocess.run(
        [sys.executable, "app.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_environment_passes_the_gate(
    environment: str, synthesis: Callable[[str], Synthesis]
) -> None:
    made = synthesis(environment)
    assert made.code == 0, made.told
    assert f"templates of {environment}: " in made.told
    assert (made.outdir / f"iryo-{environment}.template.json").is_file()


def test_the_command_line_chooses_the_environment_by_context(tmp_path: Path) -> None:
    result = run(outdir=tmp_path, context={"environment": "nowhere"})
    assert result.returncode == 2
    assert "there are dev, production, staging" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_wrong_file_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text((ROOT / "environments" / "dev.toml").read_text() + "\n[networks]\n")
    result = run(str(wrong), outdir=tmp_path / "out")
    assert result.returncode == 2
    assert "networks: unknown key; did you mean network?" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_permissions_boundary_bounds_every_role(tmp_path: Path) -> None:
    bounded = tmp_path / "bounded.toml"
    text = (ROOT / "environments" / "dev.toml").read_text()
    bounded.write_text(text + '\n[account]\npermissions_boundary = "CompanyBoundary"\n')
    result = run(str(bounded), outdir=tmp_path / "out")
    assert result.returncode == 0, result.stdout + result.stderr
    roles = [
        resource["Properties"]
        for file in (tmp_path / "out").glob("*.template.json")
        for resource in json.loads(file.read_text())["Resources"].values()
        if resource["Type"] == "AWS::IAM::Role"
    ]
    assert roles
    assert all(":policy/CompanyBoundary" in json.dumps(r["PermissionsBoundary"]) for r in roles)
