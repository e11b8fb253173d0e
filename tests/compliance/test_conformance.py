"""What the tables give to AWS Config and to the organisation is what AWS takes."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from cloudformation_validate import CelEngine, EngineConfig, Severity, ValidateConfig

from compliance import conformance, controls, prevention
from tests.compliance.platform import TAGS, TestSettings

SETTINGS = TestSettings()


@pytest.fixture(scope="module")
def pack() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(conformance.template(SETTINGS))
    return loaded


def problems(folder: Path, body: dict[str, Any]) -> list[str]:
    file = folder / "template.json"
    file.write_text(json.dumps(body), encoding="utf-8")
    wanted = ValidateConfig(severity_level=Severity.WARN)
    found = CelEngine(EngineConfig()).validate_template(file, wanted).diagnostics
    return [f"{one.rule_id}: {one.message}" for one in found]


def test_the_pack_has_each_managed_rule_that_a_control_names_once(pack: dict[str, Any]) -> None:
    sources = [one["Properties"]["Source"] for one in pack["Resources"].values()]
    assert [one["SourceIdentifier"] for one in sources] == conformance.identifiers()
    assert {one["Owner"] for one in sources} == {"AWS"}
    assert set(conformance.identifiers()) == {
        rule for control in controls.load() for rule in control.detect
    }


def test_the_pack_keeps_the_limits_of_aws_config(pack: dict[str, Any]) -> None:
    assert len(conformance.template(SETTINGS).encode()) <= conformance.LIMIT
    assert len(pack["Resources"]) <= conformance.MOST_RULES
    assert len(pack["Parameters"]) <= 60


def test_the_validator_finds_nothing_in_the_pack(pack: dict[str, Any], tmp_path: Path) -> None:
    assert problems(tmp_path, pack) == []


def test_the_validator_would_object(pack: dict[str, Any], tmp_path: Path) -> None:
    broken = json.loads(json.dumps(pack))
    del broken["Resources"]["AccessKeysRotated"]["Properties"]["Source"]
    assert problems(tmp_path, broken)


def test_the_pack_asks_for_the_tags_of_the_environment(pack: dict[str, Any]) -> None:
    given = pack["Resources"]["RequiredTags"]["Properties"]["InputParameters"]
    numbers = range(1, len(TAGS) + 1)
    assert {given[f"tag{at}Key"]: given[f"tag{at}Value"] for at in numbers} == TAGS


def test_every_parameter_is_used_and_every_reference_has_one(pack: dict[str, Any]) -> None:
    used = {
        value["Ref"]
        for rule in pack["Resources"].values()
        for value in rule["Properties"].get("InputParameters", {}).values()
        if isinstance(value, dict)
    }
    assert used == set(pack["Parameters"])
    assert {*conformance.REFERENCES, *conformance.VALUES} <= set(conformance.identifiers())


@pytest.mark.parametrize("kind", prevention.FILES)
def test_a_policy_keeps_the_limit_and_names_each_statement(kind: str, tmp_path: Path) -> None:
    content = prevention.files()[prevention.FILES[kind]]
    assert len(content) <= prevention.LIMIT
    policy = json.loads(content)
    statements = policy["Statement"]
    assert [one["Sid"] for one in statements] == [
        one.id for one in prevention.load().values() if one.kind == kind
    ]
    assert {one["Effect"] for one in statements} == {"Deny"}
    assert {one.get("Principal") for one in statements} == ({"*"} if kind == "rcp" else {None})
    name = {"scp": "SERVICE_CONTROL_POLICY", "rcp": "RESOURCE_CONTROL_POLICY"}[kind]
    resource = {
        "Type": "AWS::Organizations::Policy",
        "Properties": {"Name": "iryo", "Type": name, "Content": policy},
    }
    assert problems(tmp_path, {"Resources": {"Policy": resource}}) == []


def test_every_statement_serves_a_control() -> None:
    named = {one for control in controls.load() for one in control.prevent}
    assert named == set(prevention.load())
