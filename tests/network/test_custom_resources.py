"""The function that CloudFormation asks, against an EC2 in memory."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.network.runtime import custom_resources

CONTEXT = SimpleNamespace(log_stream_name="stream")


@pytest.fixture
def ec2(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-northeast-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield boto3.client("ec2")


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    sent: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(custom_resources, "_send", lambda url, answer: sent.append((url, answer)))
    return sent


def event(kind: str, request: str = "Create", **properties: Any) -> dict[str, Any]:
    return {
        "RequestType": request,
        "ResourceType": f"Custom::{kind}",
        "ResourceProperties": properties,
        "LogicalResourceId": "Logical",
        "StackId": "stack",
        "RequestId": "request",
        "ResponseURL": "https://cloudformation.example/answer",
    }


def default_group(ec2: Any) -> dict[str, Any]:
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    return read_group(ec2, Name="vpc-id", Values=[vpc])


def read_group(ec2: Any, **condition: Any) -> dict[str, Any]:
    [group] = ec2.describe_security_groups(Filters=[condition])["SecurityGroups"]
    found: dict[str, Any] = group
    return found


def test_the_default_group_is_emptied_and_stays_so(
    ec2: Any, answers: list[tuple[str, dict[str, Any]]]
) -> None:
    group = default_group(ec2)
    assert group["IpPermissionsEgress"]
    for _ in range(2):
        custom_resources.handler(event("ClosedDefaultGroup", GroupId=group["GroupId"]), CONTEXT)
    after = read_group(ec2, Name="group-id", Values=[group["GroupId"]])
    assert after["IpPermissions"] == after["IpPermissionsEgress"] == []
    assert [(answer["Status"], answer["PhysicalResourceId"]) for _, answer in answers] == [
        ("SUCCESS", group["GroupId"])
    ] * 2


def test_a_group_that_does_not_exist_fails_the_deployment(
    ec2: Any, answers: list[tuple[str, dict[str, Any]]]
) -> None:
    custom_resources.handler(event("ClosedDefaultGroup", GroupId="sg-0123456789abcdef0"), CONTEXT)
    [(url, answer)] = answers
    assert url == "https://cloudformation.example/answer"
    assert answer["Status"] == "FAILED"
    assert "InvalidGroup.NotFound" in answer["Reason"]
    assert (answer["RequestId"], answer["StackId"]) == ("request", "stack")


def test_prefix_lists_are_found_by_name(
    ec2: Any, answers: list[tuple[str, dict[str, Any]]]
) -> None:
    names = {"S3": "com.amazonaws.ap-northeast-1.s3"}
    custom_resources.handler(event("PrefixLists", Names=names), CONTEXT)
    [(_, answer)] = answers
    assert answer["Status"] == "SUCCESS"
    [wanted] = ec2.describe_managed_prefix_lists(
        Filters=[{"Name": "prefix-list-name", "Values": list(names.values())}]
    )["PrefixLists"]
    assert answer["Data"] == {"S3": wanted["PrefixListId"]}


def test_an_unknown_prefix_list_fails_the_deployment(
    ec2: Any, answers: list[tuple[str, dict[str, Any]]]
) -> None:
    custom_resources.handler(event("PrefixLists", Names={"S3": "com.example.s3"}), CONTEXT)
    [(_, answer)] = answers
    assert answer["Status"] == "FAILED"
    assert "no AWS-managed prefix list named com.example.s3" in answer["Reason"]


def test_deletion_touches_nothing(ec2: Any, answers: list[tuple[str, dict[str, Any]]]) -> None:
    group = default_group(ec2)
    request = event("ClosedDefaultGroup", "Delete", GroupId=group["GroupId"])
    custom_resources.handler(request | {"PhysicalResourceId": group["GroupId"]}, CONTEXT)
    after = read_group(ec2, Name="group-id", Values=[group["GroupId"]])
    assert after["IpPermissionsEgress"] == group["IpPermissionsEgress"]
    assert answers[0][1]["Status"] == "SUCCESS"
