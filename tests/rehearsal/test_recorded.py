"""Resource types that ministack lacks are checked and recorded; native ones are completed."""

import json
from pathlib import Path

import pytest

from rehearsal.journal import Journal
from rehearsal.recorded import Handlers, PropertyError

VPC = {"CidrBlock": "10.0.0.0/16"}
EIP = {"Domain": "vpc"}


def vpc_create(
    logical_id: str, properties: dict[str, object], stack: str
) -> tuple[str, dict[str, object]]:
    return "vpc-1", {"VpcId": "vpc-1"}


def secret_create(
    logical_id: str, properties: dict[str, object], stack: str
) -> tuple[str, dict[str, object]]:
    return "name", {"Id": "arn:aws:secretsmanager:::secret:name"}


@pytest.fixture
def deleted() -> list[str]:
    return []


@pytest.fixture
def handlers(tmp_path: Path, deleted: list[str]) -> Handlers:
    native = {
        "AWS::EC2::VPC": {"create": vpc_create},
        "AWS::SecretsManager::Secret": {
            "create": secret_create,
            "delete": lambda physical_id, _properties: deleted.append(physical_id),
        },
    }
    journal = Journal(tmp_path / "resources.jsonl")
    return Handlers(native, account="1" * 12, region="ap-northeast-1", journal=journal)


def test_missing_type_is_recorded_with_its_attributes(handlers: Handlers, tmp_path: Path) -> None:
    assert "AWS::EC2::EIP" in handlers
    physical_id, attributes = handlers.get("AWS::EC2::EIP")["create"]("Ip", EIP, "stack")
    assert physical_id.startswith("eipalloc-")
    assert attributes["AllocationId"] == physical_id
    assert handlers.journal.counts() == {"native": {}, "recorded": {"AWS::EC2::EIP": 1}}
    (line,) = (tmp_path / "resources.jsonl").read_text().splitlines()
    assert json.loads(line)["id"] == physical_id


def test_deleted_resource_is_counted_no_more(handlers: Handlers) -> None:
    handler = handlers.get("AWS::EC2::EIP")
    physical_id, _ = handler["create"]("Ip", EIP, "stack")
    handler["delete"](physical_id, EIP)
    assert handlers.journal.counts()["recorded"] == {}


def test_wrong_properties_of_a_recorded_type_fail(handlers: Handlers) -> None:
    with pytest.raises(PropertyError, match=r"resource Ip .*extraneous key \[Domein\]"):
        handlers.get("AWS::EC2::EIP")["create"]("Ip", {"Domein": "vpc"}, "stack")


def test_tags_of_cloudformation_itself_are_not_checked(handlers: Handlers) -> None:
    """The schema of this type refuses aws: in a tag, which no template may write."""
    create = handlers.get("AWS::Signer::SigningProfile")["create"]
    properties = {"PlatformId": "Notation-OCI-SHA384-ECDSA"}
    create("Profile", {**properties, "Tags": [{"Key": "aws:stack", "Value": "a"}]}, "stack")
    with pytest.raises(PropertyError, match="Tags/0/Key"):
        create("Profile", {**properties, "Tags": [{"Key": "a b", "Value": "a"}]}, "stack")


def test_wrong_properties_of_a_native_type_fail(handlers: Handlers) -> None:
    with pytest.raises(PropertyError, match=r"extraneous key \[Cidr\]"):
        handlers.get("AWS::EC2::VPC")["create"]("Net", VPC | {"Cidr": "10.0.0.0/16"}, "stack")


def test_native_attributes_are_filled_in(handlers: Handlers) -> None:
    _, attributes = handlers.get("AWS::EC2::VPC")["create"]("Net", VPC, "stack")
    assert attributes["CidrBlock"] == "10.0.0.0/16"
    assert "DefaultSecurityGroup" in attributes


def test_ref_of_a_secret_is_its_arn_and_deletion_finds_it(
    handlers: Handlers, deleted: list[str]
) -> None:
    handler = handlers.get("AWS::SecretsManager::Secret")
    physical_id, _ = handler["create"]("Key", {"GenerateSecretString": {}}, "stack")
    assert physical_id.startswith("arn:")
    handler["delete"](physical_id, {})
    assert deleted == ["name"]


def test_update_in_place_keeps_the_id_and_replacement_changes_it(handlers: Handlers) -> None:
    handler = handlers.get("AWS::EC2::NatGateway")
    old = {"SubnetId": "subnet-1", "Tags": [{"Key": "a", "Value": "b"}]}
    physical_id, _ = handler["create"]("Nat", old, "stack")
    tagged = old | {"Tags": [{"Key": "a", "Value": "c"}]}
    assert handler["update"](physical_id, old, tagged, "stack", "Nat")[0] == physical_id
    moved = old | {"SubnetId": "subnet-2"}
    assert handler["update"](physical_id, old, moved, "stack", "Nat")[0] != physical_id


def test_type_outside_the_schema_is_unknown(handlers: Handlers) -> None:
    assert "AWS::EC2::Teapot" not in handlers
    assert handlers.get("AWS::EC2::Teapot") is None
    assert "Custom::Thing" not in handlers
