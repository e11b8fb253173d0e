"""What the registry room promises, read from its template."""

import json

import pytest

from tests.conftest import Assembly
from tests.templates.edge_environments import EVERYTHING, synthesised
from tests.templates.policies import plain

ROOM = "Registry"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    values = {**EVERYTHING, "name": "images", "rooms": {"registry": True}}
    values["account"] = {"id": "111122223333", "region": "ap-northeast-1"}
    values["registry"] = {**EVERYTHING["registry"], "replica_region": "us-west-2", "signing": True}
    return Assembly(synthesised(values, tmp_path_factory.mktemp("images")), "images")


def test_repositories_are_encrypted_scanned_and_immutable(room: Assembly) -> None:
    found = room.resources(ROOM, "AWS::ECR::Repository").values()
    assert {one["Properties"]["RepositoryName"] for one in found} == {
        "iryo-images/application",
        "iryo-images/inference",
    }
    for one in found:
        properties = one["Properties"]
        assert properties["EncryptionConfiguration"]["EncryptionType"] == "KMS"
        assert "General" in json.dumps(properties["EncryptionConfiguration"]["KmsKey"])
        assert properties["ImageTagMutability"] == "IMMUTABLE"
        assert properties["ImageScanningConfiguration"] == {"ScanOnPush": True}
        assert one["DeletionPolicy"] == "Retain"


def test_old_images_leave(room: Assembly) -> None:
    [policy, _] = [
        json.loads(one["Properties"]["LifecyclePolicy"]["LifecyclePolicyText"])
        for one in room.resources(ROOM, "AWS::ECR::Repository").values()
    ]
    untagged, newest = [rule["selection"] for rule in policy["rules"]]
    assert (untagged["tagStatus"], untagged["countNumber"]) == ("untagged", 30)
    assert (newest["countType"], newest["countNumber"]) == ("imageCountMoreThan", 100)


def test_the_key_of_images_serves_the_registry(room: Assembly) -> None:
    keys = room.resources("Security", "AWS::KMS::Key")
    [general] = [key for name, key in keys.items() if name.startswith("General")]
    assert "ecr." in json.dumps(general["Properties"]["KeyPolicy"])


def test_public_images_land_in_encrypted_repositories(room: Assembly) -> None:
    rules = {
        one["Properties"]["EcrRepositoryPrefix"]: one["Properties"]["UpstreamRegistryUrl"]
        for one in room.resources(ROOM, "AWS::ECR::PullThroughCacheRule").values()
    }
    assert rules == {"iryo-images-kubernetes": "registry.k8s.io", "iryo-images-quay": "quay.io"}
    for one in room.resources(ROOM, "AWS::ECR::RepositoryCreationTemplate").values():
        assert one["Properties"]["Prefix"] in rules
        assert one["Properties"]["EncryptionConfiguration"]["EncryptionType"] == "KMS"
        assert one["Properties"]["ImageTagMutability"] == "IMMUTABLE"


def test_the_role_that_makes_them_makes_nothing_else(room: Assembly) -> None:
    policy = room.resource(ROOM, "AWS::IAM::ManagedPolicy")["PolicyDocument"]
    repositories, key = policy["Statement"]
    named = [plain(one).partition(":repository/")[2] for one in repositories["Resource"]]
    assert named == ["iryo-images-kubernetes/*", "iryo-images-quay/*"]
    assert not any("*" in action for action in [*repositories["Action"], *key["Action"]])


def test_copies_go_to_the_other_region(room: Assembly) -> None:
    replication = room.resource(ROOM, "AWS::ECR::ReplicationConfiguration")
    [rule] = replication["ReplicationConfiguration"]["Rules"]
    assert [one["Region"] for one in rule["Destinations"]] == ["us-west-2"]
    assert rule["RepositoryFilters"] == [{"Filter": "iryo-images/", "FilterType": "PREFIX_MATCH"}]


def test_named_accounts_only_may_copy_in(room: Assembly) -> None:
    [statement] = room.resource(ROOM, "AWS::ECR::RegistryPolicy")["PolicyText"]["Statement"]
    assert "444455556666" in json.dumps(statement["Principal"])
    assert statement["Action"] == ["ecr:CreateRepository", "ecr:ReplicateImage"]
    assert plain(statement["Resource"]).endswith(":repository/iryo-images/*")


def test_images_are_signed(room: Assembly) -> None:
    [rule] = room.resource(ROOM, "AWS::ECR::SigningConfiguration")["Rules"]
    assert "Profile" in json.dumps(rule["SigningProfileArn"])
    assert rule["RepositoryFilters"][0]["Filter"] == "iryo-images/*"
