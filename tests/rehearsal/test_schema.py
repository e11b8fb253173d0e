"""What CloudFormation would refuse is refused, and what it takes is taken."""

import pytest

from rehearsal.schema import UnknownTypeError, failures

REGION = "ap-northeast-1"
FLOW_LOG = {
    "ResourceId": "vpc-1",
    "ResourceType": "VPC",
    "TrafficType": "ALL",
    "LogDestinationType": "cloud-watch-logs",
}


def test_sound_properties_pass() -> None:
    assert failures("AWS::EC2::FlowLog", FLOW_LOG, REGION) == []


def test_scalars_may_come_as_text() -> None:
    entry = {"NetworkAclId": "a", "RuleAction": "allow", "RuleNumber": "100", "Egress": "true"}
    assert failures("AWS::EC2::NetworkAclEntry", {**entry, "Protocol": 6}, REGION) == []


def test_unknown_property_is_named() -> None:
    (failure,) = failures("AWS::EC2::FlowLog", {**FLOW_LOG, "TrafikType": "ALL"}, REGION)
    assert failure == "#: extraneous key [TrafikType] is not permitted"


def test_unknown_property_further_in_is_named_with_its_path() -> None:
    bucket = {"VersioningConfiguration": {"Status": "Enabled", "Mfa": True}}
    (failure,) = failures("AWS::S3::Bucket", bucket, REGION)
    assert failure == "#/VersioningConfiguration: extraneous key [Mfa] is not permitted"


def test_missing_property_is_named() -> None:
    incomplete = {key: value for key, value in FLOW_LOG.items() if key != "ResourceId"}
    (failure,) = failures("AWS::EC2::FlowLog", incomplete, REGION)
    assert failure == "#: required key [ResourceId] not found"


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"TrafficType": "SOME"}, "#/TrafficType: failed validation constraint for keyword [enum]"),
        ({"MaxAggregationInterval": "long"}, "#/MaxAggregationInterval: expected type: integer"),
        ({"Tags": {"Key": "a", "Value": "b"}}, "#/Tags: expected type: array, found: object"),
        ({"LogFormat": ["a"]}, "#/LogFormat: expected type: string, found: array"),
    ],
)
def test_wrong_values_are_named(change: dict[str, object], part: str) -> None:
    (failure,) = failures("AWS::EC2::FlowLog", FLOW_LOG | change, REGION)
    assert failure.startswith(part)


def test_pattern_and_bounds() -> None:
    key = {"KeyPolicy": {}, "PendingWindowInDays": 3}
    assert "PendingWindowInDays" in "".join(failures("AWS::KMS::Key", key, REGION))
    assert failures("AWS::KMS::Key", key | {"PendingWindowInDays": 7}, REGION) == []
    role = {"AssumeRolePolicyDocument": {}, "ManagedPolicyArns": ["not-an-arn"]}
    assert "[pattern]" in "".join(failures("AWS::IAM::Role", role, REGION))


def test_a_value_never_stands_in_the_message() -> None:
    secret = {"TrafficType": "hunter2", "ResourceId": ["hunter2"]}
    assert "hunter2" not in "".join(failures("AWS::EC2::FlowLog", FLOW_LOG | secret, REGION))


def test_read_only_property_is_refused() -> None:
    (failure,) = failures("AWS::EC2::FlowLog", {**FLOW_LOG, "Id": "fl-1"}, REGION)
    assert failure == "#: read-only key [Id] is not permitted"


def test_unknown_type_is_refused() -> None:
    with pytest.raises(UnknownTypeError, match="AWS::EC2::FloLog"):
        failures("AWS::EC2::FloLog", {}, REGION)


def test_custom_resources_are_their_owners_business() -> None:
    assert failures("Custom::Anything", {"a": 1}, REGION) == []
