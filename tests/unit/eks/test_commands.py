"""`iryo eks`: what a person meets who checks a manifest or a canary."""

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from infra.eks.commands import eks
from tests.unit.eks.inputs import deployment

RUN = CliRunner()
RECORDED = Path(__file__).parent / "recorded"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "app.yaml"


def test_a_sound_manifest(file: Path) -> None:
    file.write_text(yaml.safe_dump(deployment()))
    result = RUN.invoke(eks, ["check", str(file)])
    assert result.exit_code == 0
    assert "1 objects judged for Kubernetes 1.36" in result.stdout


def test_a_typo_is_exit_2(file: Path) -> None:
    file.write_text(yaml.safe_dump(deployment("spec.replica", 2)))
    result = RUN.invoke(eks, ["check", str(file)])
    assert result.exit_code == 2
    assert result.stderr == (
        f"{file}: Deployment/production/app: spec.replica: unknown key; did you mean replicas?\n"
    )


def test_a_finding_is_exit_1(file: Path) -> None:
    file.write_text(yaml.safe_dump(deployment("spec.template.spec.hostNetwork", True)))
    result = RUN.invoke(eks, ["check", str(file)])
    assert result.exit_code == 1
    assert result.stderr.endswith("spec.template.spec.hostNetwork: only false is allowed\n")


def test_a_missing_file_is_exit_2(file: Path) -> None:
    result = RUN.invoke(eks, ["check", str(file)])
    assert result.exit_code == 2
    assert "cannot be read" in result.stderr


@pytest.mark.parametrize(("name", "code"), [("good", 0), ("errors", 1), ("nobody_called", 0)])
def test_a_recorded_canary(name: str, code: int) -> None:
    result = RUN.invoke(eks, ["canary", str(RECORDED / f"{name}.json")])
    assert result.exit_code == code


@pytest.mark.parametrize("content", ["{", json.dumps({"errors": []}), json.dumps({"errors": 1})])
def test_what_is_no_record_is_exit_2(tmp_path: Path, content: str) -> None:
    file = tmp_path / "recorded.json"
    file.write_text(content)
    result = RUN.invoke(eks, ["canary", str(file)])
    assert result.exit_code == 2
    assert "lists of numbers is wanted: errors, latency" in result.stderr


def test_charts_are_mirrored_by_digest(tmp_path: Path) -> None:
    from infra.config import path_of

    file = tmp_path / "one.toml"
    chart = '{ version = "0.31.0", digest = "sha256:' + "a" * 64 + '" }'
    file.write_text(path_of("production").read_text() + f"\n[eks.charts]\nvault = {chart}\n")
    result = RUN.invoke(eks, ["charts", "--environment", str(file)])
    pull, check, push = result.stdout.splitlines()
    assert pull == "helm pull vault --repo https://helm.releases.hashicorp.com --version 0.31.0"
    assert check.startswith(f"echo '{'a' * 64}  vault-0.31.0.tgz' | sha256sum --check")
    assert push.endswith("/iryo-production/charts")
