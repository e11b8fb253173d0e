"""Who may do what: every statement of every role is a row, and the delivered page is current."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from compliance.resources import Resources
from compliance.rights import EVERYTHING, NOTHING, UNKNOWN, main, markdown, rights
from compliance.templates import Assembly as Templates
from tests.compliance.platform import allow, arn, named, platform, ref
from tests.conftest import Assembly

PAGE = Path(__file__).parents[2] / "docs" / "rights.md"
TRUST = allow(
    Action="sts:AssumeRole",
    Principal={"Service": ["ecs-tasks.amazonaws.com", "ec2.amazonaws.com"]},
)
READ = allow(
    Sid="Read",
    Action="s3:GetObject",
    Resource={"Fn::Join": ["", [arn("Bucket"), "/raw/*"]]},
    Condition={"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
)
NEVER = {"Statement": [{"Effect": "Deny", "NotAction": ["kms:Decrypt"], "Resource": "*"}]}


def role(**properties: Any) -> dict[str, Any]:
    return named("IAM::Role", AssumeRolePolicyDocument=TRUST, **properties)


def test_a_statement_is_a_row_that_a_person_can_read() -> None:
    [row] = rights(
        platform(
            Role=role(),
            Policy=named("IAM::ManagedPolicy", Roles=[ref("Role")], PolicyDocument=READ),
            Bucket=named("S3::Bucket"),
        )
    )
    assert (row.role, row.room) == ("Role", "Role")
    assert row.assumed_by == ("ecs-tasks.amazonaws.com", "ec2.amazonaws.com")
    assert (row.effect, row.statement, row.actions) == ("Allow", "Read", ("s3:GetObject",))
    assert row.resources == ("Bucket/raw/*",)
    assert row.conditions == ("aws:SourceAccount StringEquals <account>",)


@pytest.mark.parametrize(
    "attached",
    [
        {"Role": role(Policies=[{"PolicyName": "p", "PolicyDocument": READ}])},
        {"Role": role(), "P": named("IAM::Policy", Roles=[ref("Role")], PolicyDocument=READ)},
        {
            "Role": role(ManagedPolicyArns=[ref("P")]),
            "P": named("IAM::ManagedPolicy", PolicyDocument=READ),
        },
    ],
)
def test_however_it_is_attached(attached: dict[str, Any]) -> None:
    rows = rights(platform(Bucket=named("S3::Bucket"), **attached))
    assert [row.actions for row in rows] == [("s3:GetObject",)]


def test_what_is_attached_twice_is_told_once() -> None:
    policy = named("IAM::ManagedPolicy", Roles=[ref("Role")], PolicyDocument=READ)
    rows = rights(platform(Role=role(ManagedPolicyArns=[ref("P")]), P=policy))
    assert len(rows) == 1


def test_policies_of_others_are_not_a_roles_own() -> None:
    policy = named("IAM::ManagedPolicy", Roles=[ref("Other")], PolicyDocument=READ)
    rows = rights(platform(Role=role(), Other=role(), P=policy))
    assert {row.role: row.actions for row in rows} == {
        "Other": ("s3:GetObject",),
        "Role": (NOTHING,),
    }


def test_what_cannot_be_read_is_said_and_not_left_out() -> None:
    managed = {"Fn::Join": ["", ["arn:", ref("AWS::Partition"), ":iam::aws:policy/ReadOnlyAccess"]]}
    unknown = {"Fn::ImportValue": "elsewhere"}
    rows = rights(
        platform(
            Role=role(
                ManagedPolicyArns=[managed],
                Policies=[{"PolicyName": "p", "PolicyDocument": unknown}],
            )
        )
    )
    assert [(row.actions, row.resources) for row in rows] == [
        ((UNKNOWN,), ()),
        ((EVERYTHING,), ("arn:aws:iam::aws:policy/ReadOnlyAccess",)),
    ]


def test_denials_and_exceptions_are_told_apart() -> None:
    rows = rights(platform(Role=role(Policies=[{"PolicyName": "p", "PolicyDocument": NEVER}])))
    assert (rows[0].effect, rows[0].actions) == ("Deny", ("all but kms:Decrypt",))
    assert "never: all but kms:Decrypt" in markdown(rows, "iryo-test")


def test_no_role_and_no_statement_of_an_environment_is_left_out(every: Assembly) -> None:
    rows = rights(Resources.of(Templates(every.outdir)))
    statements = roles = 0
    for template in every.rooms.values():
        for resource in template["Resources"].values():
            properties = resource.get("Properties", {})
            roles += resource["Type"] == "AWS::IAM::Role"
            documents = [one["PolicyDocument"] for one in properties.get("Policies", [])]
            if resource["Type"] in ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"):
                documents.append(properties["PolicyDocument"])
            statements += sum(len(document["Statement"]) for document in documents)
    read = [row for row in rows if row.statement != "AWS-managed"]
    assert len(read) >= statements > 0
    assert len({row.role for row in rows}) == roles
    assert UNKNOWN not in json.dumps([row.actions for row in rows])


def test_the_delivered_page_is_what_production_says(
    assembly: Callable[[str], Assembly], tmp_path: Path
) -> None:
    page = tmp_path / "rights.md"
    assert main([str(assembly("production").outdir), str(page)]) == 0
    assert PAGE.read_text() == page.read_text(), (
        "docs/rights.md is not current: python -m compliance.rights FOLDER docs/rights.md"
    )


def test_services_may_what_they_declare(assembly: Callable[[str], Assembly]) -> None:
    rows = rights(Resources.of(Templates(assembly("production").outdir)))
    may = {
        action
        for row in rows
        for action in row.actions
        if row.role == "Ecs/Application/Task/TaskRole/Role"
    }
    assert may == {"s3:GetObject", "s3:ListBucket", "kms:Decrypt"}


def test_a_wrong_call_is_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert main([str(tmp_path)]) == 2
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("say: python -m compliance.rights")
    assert "manifest.json: cannot be read" in said[1]
