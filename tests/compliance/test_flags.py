"""The feature flags of cdk.json: all that the CDK recommends, and read by build_app."""

import json
from pathlib import Path

import pytest

import app
from infra.config import load, path_of

CONTEXT = json.loads((Path(app.__file__).parent / "cdk.json").read_text())["context"]


def test_all_recommended_flags_are_set_and_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(app, "IryoStack", lambda *_, **__: None)
    built = app.build_app(load(path_of("dev")), tmp_path, validate=False)
    assert {key: built.node.try_get_context(key) for key in CONTEXT} == CONTEXT

    manifest = json.loads((Path(built.synth().directory) / "manifest.json").read_text())
    report = manifest["artifacts"]["aws-cdk-lib/feature-flag-report"]["properties"]["flags"]
    differing = {
        flag: (settings.get("userValue"), settings["recommendedValue"])
        for flag, settings in report.items()
        if settings.get("userValue", settings.get("unconfiguredBehavesLike", {}).get("v2", False))
        != settings["recommendedValue"]
    }
    assert differing == {}


def test_findings_are_told_once() -> None:
    # Without it the CDK prints its own text of every finding beside the gate's table.
    assert CONTEXT["@aws-cdk/core:appMode"] == "inmemory"
