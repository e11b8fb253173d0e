"""`iryo synth` starts the app as the CDK CLI would."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from compliance import commands

STUB = """
import json, os, pathlib, sys
out = pathlib.Path(os.environ["CDK_OUTDIR"], "compliance")
out.mkdir(parents=True)
(out / "waivers.csv").write_text("path,rule\\n")
said = {"environment": sys.argv[1], "context": json.loads(os.environ["CDK_CONTEXT_JSON"])}
(out / "said.json").write_text(json.dumps(said))
sys.exit(int(os.environ["EXIT"]))
"""


@pytest.mark.parametrize("code", [0, 1, 2])
@pytest.mark.parametrize("gate", [True, False])
def test_synth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, gate: bool) -> None:
    (tmp_path / "app.py").write_text(STUB)
    monkeypatch.setattr(commands, "APP", tmp_path / "app.py")
    monkeypatch.setenv("EXIT", str(code))
    monkeypatch.setenv("CDK_CONTEXT_JSON", '{"layer_platform": "local"}')
    cli = typer.Typer()
    cli.command()(commands.synth)
    out = tmp_path / "out"
    arguments = ["--environment", "staging", "--out", str(out), "--waivers"]
    result = CliRunner().invoke(cli, [*arguments, *([] if gate else ["--no-gate"])])
    assert result.exit_code == code
    assert result.stdout == ("path,rule\n" if gate else "")
    context = {"layer_platform": "local", **({} if gate else {"iryo:gate": "off"})}
    said = json.loads((out / "compliance" / "said.json").read_text())
    assert said == {"environment": "staging", "context": context}
