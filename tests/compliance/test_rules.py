"""Each rule of our own, on plain JSON."""

import json
from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from compliance.own import OwnRules, verdicts
from compliance.resources import Resources
from compliance.rule import Context, Problem, Rule
from compliance.rules import RULES
from compliance.rules.tags import TAGGABLE
from compliance.verdicts import Row, Verdict
from tests.compliance.cases import CASES, Given
from tests.compliance.platform import TestSettings, named, platform, ref, template
from tests.compliance.platform import resources as resources_of

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
    return list(verdicts(rule, tested, Context(resources, TestSettings(stage=stage))))


def test_every_rule_has_both_cases() -> None:
    assert set(CASES) == set(BY_ID)
    assert len(BY_ID) == len(RULES)
    assert all(cases.good and cases.bad for cases in CASES.values())


@pytest.mark.parametrize(
    ("rule", "given"), [(BY_ID[id], case) for id, cases in CASES.items() for case in cases.good]
)
def test_compliant(rule: Rule, given: Given) -> None:
    assert [row.verdict for row in judged(rule, given)] == [Verdict.PASS]


@pytest.mark.parametrize(
    ("rule", "given", "findings"),
    [(BY_ID[id], *case) for id, cases in CASES.items() for case in cases.bad],
)
def test_non_compliant(rule: Rule, given: Given, findings: set[str]) -> None:
    rows = judged(rule, given)
    assert {row.verdict for row in rows} == {Verdict.FAIL}
    assert {row.finding for row in rows} == findings
    assert all(row.message and row.remedy and row.path == "root/Tested" for row in rows)


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
        title="",
        remedy="",
        types=("AWS::SQS::Queue",),
        check=lambda *_: [Problem("first", "a"), Problem("second", "a"), Problem("third", "b")],
    )
    rows = judged(twice, {"Tested": named("SQS::Queue")})
    assert [row.finding for row in rows] == ["a", "b"]


def test_a_type_that_nobody_checks_says_so() -> None:
    class Case:
        app = assembly = None
        settings = TestSettings()
        resources: Resources = resources_of(
            template(
                {
                    "Resources": {
                        "Unchecked": named("IoT::Thing"),
                        "OnlyTagged": named("IoT::Policy"),
                        "Nested": named("CloudFormation::Stack"),
                    }
                }
            )
        )

    rows = list(OwnRules().judge(Case()))  # type: ignore[arg-type]
    unchecked = {row.logical_id for row in rows if row.verdict is Verdict.NO_RULE}
    assert unchecked == {"Unchecked", "OnlyTagged"}


def test_taggable_types_agree_with_the_official_schemas() -> None:
    for kind in ("AWS::S3::Bucket", "AWS::SSM::Parameter", "AWS::Cognito::UserPool"):
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("ap-northeast-1", kind).schema
        assert schema["tagging"]["tagProperty"] == f"/properties/{TAGGABLE[kind]}"
    assert "AWS::Events::Archive" not in TAGGABLE
    assert json.dumps(TAGGABLE, sort_keys=True) == json.dumps(TAGGABLE)
