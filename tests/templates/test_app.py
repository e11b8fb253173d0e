"""`python app.py` is what the CDK command line runs: its exit code decides a deployment."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.config import path_of
from tests.conftest import ENVIRONMENTS, Synthesis
from tests.templates.conftest import Program


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_environment_passes_the_gate(
    environment: str, synthesis: Callable[[str], Synthesis]
) -> None:
    made = synthesis(environment)
    assert made.code == 0, made.told
    assert f"templates of {environment}: " in made.told
    assert (made.outdir / f"iryo-{environment}.template.json").is_file()


def test_the_command_line_chooses_the_environment_by_context(program: Program) -> None:
    code, said = program(context={"environment": "nowhere"})
    assert code == 2
    assert "there are dev, production, staging" in said


def test_a_wrong_file_is_refused_before_anything_is_written(
    program: Program, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(path_of("dev").read_text() + "\n[networks]\n")
    code, said = program(str(wrong))
    assert code == 2
    assert "networks: unknown key; did you mean network?" in said
    assert not (tmp_path / "out").exists()


def test_a_permissions_boundary_bounds_every_role(program: Program, tmp_path: Path) -> None:
    bounded = tmp_path / "bounded.toml"
    text = path_of("dev").read_text()
    bounded.write_text(text + '\n[account]\npermissions_boundary = "CompanyBoundary"\n')
    code, said = program(str(bounded))
    assert code == 0, said
    roles = [
        resource["Properties"]
        for file in (tmp_path / "out").glob("*.template.json")
        for resource in json.loads(file.read_text())["Resources"].values()
        if resource["Type"] == "AWS::IAM::Role"
    ]
    assert roles
    assert all(":policy/CompanyBoundary" in json.dumps(r["PermissionsBoundary"]) for r in roles)
