"""The gate over real assemblies with nested stacks."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from compliance import gate, register
from compliance.engine import CRASHED
from compliance.judging import UNJUDGED, judge
from compliance.own import OwnRules
from compliance.packs import NagPacks
from compliance.templates import Assembly, AssemblyError
from compliance.validator import CloudFormationValidate
from compliance.verdicts import Judgement, Row, Verdict
from compliance.waivers import WaiverError, waive
from tests.compliance.small_app import SETTINGS, build, excuse

QUEUE = "small/Room/Inner/Queue/Resource"
ENCRYPTION = "IRYO-MESSAGING-ENCRYPTION"
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def without_validator(monkeypatch: pytest.MonkeyPatch) -> None:
    """It costs a second to load and has a test of its own."""
    monkeypatch.setenv("CDK_VALIDATION", "false")


@dataclass(frozen=True)
class Made:
    app: cdk.App
    folder: Path
    code: int
    said: str

    @property
    def judgement(self) -> Judgement:
        found = gate.judgement_of(self.app)
        assert found
        return found

    def rows(self, rule: str) -> list[Row]:
        return [row for row in self.judgement.rows if row.rule == rule]


Make = Callable[..., Made]


@pytest.fixture
def make(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Make:
    def made(**given: Any) -> Made:
        app = build(tmp_path, **given)
        code = gate.synthesise(app, SETTINGS)
        return Made(app, tmp_path, code, capsys.readouterr().err)

    return made


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> tuple[cdk.App, Path]:
    """An assembly nobody judged yet. Tests that change its files put them back."""
    folder = tmp_path_factory.mktemp("good")
    app = build(folder)
    cdk.App.synth(app)
    return app, folder


def test_a_good_tree_passes(make: Make) -> None:
    made = make()
    assert (made.code, made.judgement.red) == (0, [])
    assert "0 fail" in made.said and str(made.folder) in made.said
    assert [row.path for row in made.rows(ENCRYPTION)] == [QUEUE]
    files = {str(file.relative_to(made.folder)) for file in made.folder.glob("*.template.json")}
    assert set(made.judgement.judged) == files and len(files) == 3


def test_a_bad_resource_in_a_nested_stack_fails(make: Make) -> None:
    made = make(encrypted=False)
    assert made.code == 1
    [row] = made.rows(ENCRYPTION)
    assert (row.path, row.verdict, row.logical_id[:5]) == (QUEUE, Verdict.FAIL, "Queue")
    assert f"FAIL {ENCRYPTION}\n  {QUEUE} (AWS::SQS::Queue)\n  wrong: " in made.said
    assert "ERROR" not in made.said, "CDK's own text of the same findings only repeats them"


def test_synth_itself_fails(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="KmsMasterKeyId is not set"):
        build(tmp_path, encrypted=False).synth()


def test_a_waiver_excuses_and_is_registered(make: Make) -> None:
    made = make(encrypted=False, waivers=(excuse(),))
    assert made.code == 0
    [row] = made.rows(ENCRYPTION)
    assert row.verdict is Verdict.WAIVED and row.waiver == excuse()
    lines = (made.folder / "compliance" / "waivers.csv").read_text().splitlines()
    assert len(lines) == 2 and lines[1].startswith(f"small/Room/Inner/Queue,{ENCRYPTION},,team,")


def test_an_expired_waiver_fails(make: Make) -> None:
    made = make(encrypted=False, waivers=(excuse(expires=date(2026, 1, 1)),))
    assert [row.rule for row in made.judgement.red] == [ENCRYPTION, register.EXPIRED]
    assert made.code == 1


def test_an_unused_waiver_fails(make: Make) -> None:
    made = make(waivers=(excuse(),))
    assert [row.rule for row in made.judgement.red] == [register.UNUSED]
    assert made.code == 1


def test_templates_of_an_earlier_synthesis_are_gone(make: Make, tmp_path: Path) -> None:
    (tmp_path / "other.template.json").write_text("{}")
    assert make().code == 0
    assert not (tmp_path / "other.template.json").exists()


def test_the_gate_can_be_off(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CDK_CONTEXT_JSON", "{}")
    app = cdk.App(
        outdir=str(tmp_path),
        builtin_cloud_formation_validation=False,
        context={gate.SWITCH: "off"},
    )
    cdk.Stack(app, "empty")
    gate.add_packs(app, SETTINGS)
    assert gate.synthesise(app, SETTINGS) == 0
    assert "nothing was judged" in capsys.readouterr().err


def test_an_app_without_stacks_is_not_green(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app = cdk.App(outdir=str(tmp_path), builtin_cloud_formation_validation=False)
    gate.add_packs(app, SETTINGS)
    assert gate.synthesise(app, SETTINGS) == 1
    assert "nothing to judge" in capsys.readouterr().err


def test_what_a_construct_annotates_is_in_the_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app = cdk.App(
        outdir=str(tmp_path),
        builtin_cloud_formation_validation=False,
        context={
            "@aws-cdk/core:appMode": "inmemory",
            "@aws-cdk/core:annotationsInValidationReport": True,
        },
    )
    stack = cdk.Stack(app, "annotated")
    cdk.Annotations.of(stack).add_error("this cannot work")
    cdk.Annotations.of(stack).add_warning_v2("id", "this might work")
    gate.add_packs(app, SETTINGS)
    assert gate.synthesise(app, SETTINGS) == 1
    said = capsys.readouterr().err
    assert "  annotated\n  wrong: this cannot work" in said and "might work" not in said


def findings(app: cdk.App, folder: Path, *engines: Any) -> set[str]:
    return {row.rule for row in judge(app, SETTINGS, folder, engines).red}


def test_a_finding_of_a_pack(tmp_path: Path) -> None:
    app = cdk.App(outdir=str(tmp_path), builtin_cloud_formation_validation=False)
    stack = cdk.NestedStack(cdk.Stack(app, "S"), "N")
    s3.CfnBucket(stack, "Bucket")
    folder = Path(app.synth().directory)
    rows = judge(app, SETTINGS, folder, [NagPacks()]).red
    [row] = [row for row in rows if row.rule == "HIPAA.Security-S3BucketVersioningEnabled"]
    assert (row.engine, row.path) == ("HIPAA.Security", "S/N/Bucket")
    assert (row.resource_type, row.logical_id) == ("AWS::S3::Bucket", "Bucket")
    assert row.message.startswith("The S3 Bucket does not have versioning enabled - (Control IDs")
    assert row.remedy.startswith("Use versioning")


def test_what_a_pack_cannot_resolve_is_indeterminate(tmp_path: Path) -> None:
    app = cdk.App(outdir=str(tmp_path), builtin_cloud_formation_validation=False)
    stack = cdk.Stack(app, "S")
    cdk.CfnCondition(stack, "Rotates")
    kms.CfnKey(stack, "Key", enable_key_rotation=cdk.Fn.condition_if("Rotates", True, False))
    folder = Path(app.synth().directory)
    rows = {row.rule: row for row in judge(app, SETTINGS, folder, [NagPacks()]).red}
    row = rows["NIST.800.53.R5-KMSBackingKeyRotationEnabled"]
    assert (row.verdict, row.path) == (Verdict.INDETERMINATE, "S/Key")


def test_the_validator_sees_nested_templates(tmp_path: Path) -> None:
    app = cdk.App(outdir=str(tmp_path), builtin_cloud_formation_validation=False)
    stack = cdk.NestedStack(cdk.Stack(app, "S"), "N")
    queue = cdk.CfnResource(stack, "Queue", type="AWS::SQS::Queue")
    queue.add_property_override("Nonsense", 1)
    folder = Path(app.synth().directory)
    [row] = judge(app, SETTINGS, folder, [CloudFormationValidate(guard=False)]).red
    assert (row.rule, row.path) == ("CFN-F3002", "S/N/Queue")
    assert "Nonsense" in row.message


def test_an_untyped_acknowledgement_fails(tmp_path: Path) -> None:
    app = cdk.App(outdir=str(tmp_path), builtin_cloud_formation_validation=False)
    stack = cdk.Stack(app, "S")
    for id in ("HIPAA.Security-LambdaDLQ", "HIPAA.Security::HIPAA.Security-LambdaInsideVPC", "x"):
        cdk.Validations.of(stack).acknowledge(cdk.Acknowledgment(id=id, reason="because"))
    folder = Path(app.synth().directory)
    red = judge(app, SETTINGS, folder, ()).red
    assert {row.rule for row in red} == {register.UNTYPED}
    assert {row.finding for row in red} == {
        "HIPAA.Security-LambdaDLQ",
        "HIPAA.Security-LambdaInsideVPC",
    }


def test_a_whole_stack_cannot_be_excused() -> None:
    app = cdk.App()
    for construct in (app, cdk.Stack(app, "S"), cdk.Stage(app, "T")):
        with pytest.raises(WaiverError, match="a whole stack cannot be excused"):
            waive(construct, excuse())
    waive(Construct(cdk.Stack(app, "U"), "C"), excuse())


class Crashing:
    name = "Crashing"

    def judge(self, case: object) -> list[Row]:
        raise LookupError(f"no such thing in {type(case).__name__}")


def test_an_engine_that_crashed_is_red(good: tuple[cdk.App, Path]) -> None:
    [row] = judge(*(good[0], SETTINGS, good[1]), (Crashing(),)).red
    assert (row.rule, row.path) == (CRASHED, "Crashing")
    assert "LookupError: no such thing in Case" in row.message


def nested_file(folder: Path) -> Path:
    [file] = folder.glob("*Inner*.nested.template.json")
    return file


def test_breaking_a_nested_template_turns_the_gate_red(good: tuple[cdk.App, Path]) -> None:
    app, folder = good
    file = nested_file(folder)
    whole = file.read_text()
    assert findings(app, folder, OwnRules()) == set()
    body = json.loads(whole)
    [queue] = [one for one in body["Resources"].values() if one["Type"] == "AWS::SQS::Queue"]
    del queue["Properties"]["KmsMasterKeyId"]
    try:
        file.write_text(json.dumps(body))
        assert findings(app, folder, OwnRules()) == {ENCRYPTION}
    finally:
        file.write_text(whole)


def test_a_template_that_nobody_judged_turns_the_gate_red(good: tuple[cdk.App, Path]) -> None:
    app, folder = good
    stray = folder / "stray.template.json"
    stray.write_text('{"Resources": {}}')
    in_asset = folder / "asset.1" / "some.template.json"
    in_asset.parent.mkdir()
    in_asset.write_text("{}")
    try:
        judgement = judge(app, SETTINGS, folder, ())
        [row] = judgement.red
        assert (row.rule, row.path) == (UNJUDGED, "stray.template.json")
        shown = {row.path for row in judgement.rows if row.rule == UNJUDGED}
        assert shown - {row.path} == set(judgement.judged), "those judged are evidence"
    finally:
        stray.unlink()
        in_asset.unlink()


@pytest.mark.parametrize("content", ["{", "[]", None])
def test_a_broken_assembly_is_no_verdict(good: tuple[cdk.App, Path], content: str | None) -> None:
    file = nested_file(good[1])
    whole = file.read_text()
    file.unlink()
    if content is not None:
        file.write_text(content)
    try:
        with pytest.raises(AssemblyError, match=file.name):
            Assembly(good[1])
    finally:
        file.write_text(whole)


def test_a_nested_template_that_is_no_asset_is_no_verdict(good: tuple[cdk.App, Path]) -> None:
    file = good[1] / "small.template.json"
    whole = file.read_text()
    body = json.loads(whole)
    for resource in body["Resources"].values():
        resource.get("Properties", {})["TemplateURL"] = "https://elsewhere/template.json"
    try:
        file.write_text(json.dumps(body))
        with pytest.raises(AssemblyError, match="not an asset of this assembly"):
            Assembly(good[1])
    finally:
        file.write_text(whole)


def test_a_plugin_that_crashed_is_red(
    make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def crash(*_: object) -> None:
        raise AssemblyError("the manifest is broken")

    monkeypatch.setattr(gate, "judge", crash)
    app = build(tmp_path)
    assert gate.synthesise(app, SETTINGS) == 1


def test_a_program_with_a_finding_exits_with_1(tmp_path: Path) -> None:
    bad = subprocess.run(
        [sys.executable, "-m", "tests.compliance.small_app", str(tmp_path), "plain"],
        cwd=ROOT,
        env={**os.environ, "CDK_VALIDATION": "false"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (bad.returncode, bad.stdout) == (1, "")
    assert f"FAIL {ENCRYPTION}" in bad.stderr and "Traceback" not in bad.stderr
