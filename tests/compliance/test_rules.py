"""Each rule of our own, on plain JSON."""

import json
from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from compliance.own import verdicts
from compliance.rule import Context, Problem, Rule, Topic
from compliance.rules import RULES
from compliance.tagging import TAGGABLE
from compliance.text import Text
from compliance.verdicts import Row, Verdict
from tests.compliance.cases import CASES, Given
from tests.compliance.platform import TestSettings, named, platform, ref

OTHERS = {
    "B": named("S3::Bucket"),
    "Dead": named("SQS::Queue"),
    "Group": named("EC2::SecurityGroup"),
    "Log": named("Logs::LogGroup"),
    "Queue": named("SQS::Queue"),
    "Rule": named("Events::Rule"),
    "Secret": named("SecretsManager::Secret"),
    "Stream": named("Kinesis::Stream"),
    "Subnet": named("EC2::Subnet"),
}
"""What the resources under test refer to."""
BY_ID = {rule.id: rule for rule in RULES}


def judged(rule: Rule, given: Given, *, stage: str = "production") -> list[Row]:
    resources = platform(**{**OTHERS, **given})
    [tested] = [one for one in resources.all if one.logical_id == "Tested"]
    assert tested.type in rule.types
    settings = TestSettings(stage=stage, permissions_boundary="iryo-boundary")
    return list(verdicts(rule, tested, Context(resources, settings)))


def cases(of: str) -> list[Any]:
    """The cases of one sort of all rules, each as (rule, case)."""
    found = ((id, case) for id, cases in CASES.items() for case in getattr(cases, of))
    return [pytest.param(BY_ID[id], case, id=f"{id}-{n}") for n, (id, case) in enumerate(found)]


def test_every_rule_has_both_cases() -> None:
    assert set(CASES) == set(BY_ID)
    assert len(BY_ID) == len(RULES)
    assert [id for id, cases in CASES.items() if not cases.good or not cases.bad] == []


def test_every_rule_is_told_in_both_languages() -> None:
    for rule in RULES:
        for text in (rule.title, rule.remedy):
            assert text.en.isascii() and text.en.strip() == text.en != ""
            assert not text.ja.isascii()
        assert not rule.title.en.endswith(".") and rule.remedy.en.endswith(".")
        assert not rule.title.ja.endswith("。") and rule.remedy.ja.endswith("。")


def test_ids_and_files_of_rules_have_the_same_names() -> None:
    for rule in RULES:
        file = rule.check.__module__.rpartition(".")[2]
        assert rule.id == f"IRYO-{file.replace('_', '-').upper()}"


@pytest.mark.parametrize(("rule", "given"), cases("good"))
def test_compliant(rule: Rule, given: Given) -> None:
    assert [(row.verdict, row.message) for row in judged(rule, given)] == [
        (Verdict.PASS, rule.title.en)
    ]


@pytest.mark.parametrize(("rule", "case"), cases("bad"))
def test_non_compliant(rule: Rule, case: tuple[Given, set[str]]) -> None:
    given, findings = case
    rows = judged(rule, given)
    assert {row.verdict for row in rows} == {Verdict.FAIL}, rows
    assert {row.finding for row in rows} == findings
    assert all(row.message and row.remedy and row.path == "root/Tested" for row in rows)
    assert not any("could not read" in row.message for row in rows)


@pytest.mark.parametrize(("rule", "given"), cases("other"))
def test_what_a_rule_is_not_about_gets_no_verdict(rule: Rule, given: Given) -> None:
    assert judged(rule, given) == []


@pytest.mark.parametrize(("rule", "given"), cases("unknown"))
def test_what_only_a_deployment_knows_is_indeterminate(rule: Rule, given: Given) -> None:
    assert [row.verdict for row in judged(rule, given)] == [Verdict.INDETERMINATE]


def test_an_environment_without_a_boundary_requires_none() -> None:
    resources = platform(Tested=named("IAM::Role"))
    context = Context(resources, TestSettings())
    assert list(verdicts(BY_ID["IRYO-IAM-BOUNDARY"], resources.all[0], context)) == []


@pytest.mark.parametrize(
    ("id", "properties"),
    [
        ("IRYO-KMS-ROTATION", {"EnableKeyRotation": ref("Missing")}),
        ("IRYO-KMS-POLICY", {"KeyPolicy": {"Fn::ImportValue": "policy"}}),
        ("IRYO-LOGS-ENCRYPTION", {"KmsKeyId": {"Fn::ImportValue": "key"}}),
        ("IRYO-IAM-TRUST", {"AssumeRolePolicyDocument": {"Statement": [ref("Missing")]}}),
        ("IRYO-LAMBDA-VPC", {"VpcConfig": {"Fn::If": ["InVpc", {"SubnetIds": []}, {}]}}),
        ("IRYO-TAGS", {"Tags": {"Fn::Transform": {"Name": "tags"}}}),
    ],
)
def test_what_nobody_can_resolve_is_indeterminate(id: str, properties: dict[str, Any]) -> None:
    kind = BY_ID[id].types[0].removeprefix("AWS::")
    [row] = judged(BY_ID[id], {"Tested": named(kind, **properties)})
    assert row.verdict is Verdict.INDETERMINATE
    assert "known only when it is deployed" in row.message


def test_what_a_rule_cannot_read_fails() -> None:
    broken = named("IAM::Role", AssumeRolePolicyDocument={"Statement": [{"Action": "x"}]})
    [row] = judged(BY_ID["IRYO-IAM-TRUST"], {"Tested": broken})
    assert row.verdict is Verdict.FAIL
    assert "KeyError" in row.message


def test_a_stage_that_is_not_production_may_delete_keys_sooner() -> None:
    [row] = judged(BY_ID["IRYO-KMS-DELETION"], CASES["IRYO-KMS-DELETION"].bad[0][0], stage="dev")
    assert row.verdict is Verdict.PASS


def test_the_same_finding_twice_is_one_row() -> None:
    twice = Rule(
        id="IRYO-X",
        title=Text("", ""),
        remedy=Text("", ""),
        topic=Topic.INTEGRITY,
        types=("AWS::SQS::Queue",),
        check=lambda *_: [Problem("first", "a"), Problem("second", "a"), Problem("third", "b")],
    )
    rows = judged(twice, {"Tested": named("SQS::Queue")})
    assert [row.finding for row in rows] == ["a", "b"]


def test_taggable_types_agree_with_the_official_schemas() -> None:
    for kind in ("AWS::S3::Bucket", "AWS::SSM::Parameter", "AWS::Cognito::UserPool"):
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("ap-northeast-1", kind).schema
        assert schema["tagging"]["tagProperty"] == f"/properties/{TAGGABLE[kind]}"
    assert "AWS::Events::Archive" not in TAGGABLE
    assert json.dumps(TAGGABLE, sort_keys=True) == json.dumps(TAGGABLE)
