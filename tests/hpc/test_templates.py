"""What we hand to CloudFormation is what its official schemas allow."""

import json
from typing import Any

import pytest
from cfnlint.api import lint
from cfnlint.config import ManualArgs

from hpc.cluster_storage import home_properties, lustre_properties, repository_properties
from hpc.load import load_environment
from hpc.pcs_config import pcs_resources, size_of
from hpc.placeholders import surroundings
from infra.config.hpc import Capacity, Cluster, Queue
from infra.config.hpc_storage import DataRepository, Lustre, LustreKind
from tests.hpc.inputs import GOOD


def faults(resources: dict[str, Any]) -> list[str]:
    template = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}
    # Ids of networks and images are stand-ins: that they exist is not asked.
    found = lint(json.dumps(template), config=ManualArgs(regions=["ap-northeast-1"]))
    return [f"{match.rule.id} {match.message}" for match in found if match.rule.id[0] == "E"]


def described() -> tuple[Cluster, Any]:
    config, table = load_environment(GOOD)
    return table.clusters[0], surroundings(config, table.clusters[0])


def test_a_pcs_cluster_of_six_queues() -> None:
    cluster, place = described()
    resources = pcs_resources(cluster, place)
    assert faults(resources) == []
    kinds = [resource["Type"] for resource in resources.values()]
    assert kinds.count("AWS::PCS::Queue") == 6
    assert kinds.count("AWS::PCS::ComputeNodeGroup") == 7
    resources["MpiNodes"]["Properties"]["PurchaseOption"] = "SOMETIMES"
    assert faults(resources) != []


def test_pcs_nodes_are_as_safe_as_those_of_parallelcluster() -> None:
    cluster, place = described()
    templates = [
        resource["Properties"]["LaunchTemplateData"]
        for resource in pcs_resources(cluster, place).values()
        if resource["Type"] == "AWS::EC2::LaunchTemplate"
    ]
    assert len(templates) == 7
    for template in templates:
        assert template["MetadataOptions"]["HttpTokens"] == "required"
        root = template["BlockDeviceMappings"][0]["Ebs"]
        assert (root["Encrypted"], root["KmsKeyId"]) == (True, place.storage_key)
        assert "KeyName" not in template
        for card in template.get("NetworkInterfaces", []):
            assert not card.get("AssociatePublicIpAddress", False)


def test_pcs_efa_has_an_interface_on_every_card() -> None:
    cluster, place = described()
    data = pcs_resources(cluster, place)["TrainTemplate"]["Properties"]["LaunchTemplateData"]
    cards = data["NetworkInterfaces"]
    assert len(cards) == 32
    assert [card["InterfaceType"] for card in cards[:2]] == ["efa", "efa-only"]
    assert data["InstanceMarketOptions"] == {"MarketType": "capacity-block"}


@pytest.mark.parametrize(("nodes", "size"), [(32, "SMALL"), (33, "MEDIUM"), (513, "LARGE")])
def test_pcs_size(nodes: int, size: str) -> None:
    assert size_of(cluster_of(nodes)) == size


def test_pcs_manages_no_more_than_2048() -> None:
    with pytest.raises(ValueError, match="2049 nodes are more than AWS PCS manages"):
        size_of(cluster_of(1000, 1000, 49))


def cluster_of(*nodes: int) -> Cluster:
    queues = tuple(
        Queue(name=f"q{index}", instance_types=("c6i.large",), max_nodes=count)
        for index, count in enumerate(nodes)
    )
    return Cluster(name="c", queues=queues)


def test_file_systems() -> None:
    cluster, place = described()
    lustre = cluster.storage.lustre[0]
    repository = repository_properties(
        lustre.repositories[0], file_system="fs-0123456789abcdef0", surroundings=place
    )
    resources = {
        "Lustre": {"Type": "AWS::FSx::FileSystem", "Properties": lustre_properties(lustre, place)},
        "Lake": {"Type": "AWS::FSx::DataRepositoryAssociation", "Properties": repository},
        "Home": {"Type": "AWS::EFS::FileSystem", "Properties": home_properties(place)},
    }
    assert faults(resources) == []
    assert resources["Lustre"]["Properties"]["KmsKeyId"] == place.storage_key
    assert repository["DataRepositoryPath"] == "s3://iryo-staging-important/source=genomics/"
    assert resources["Home"]["Properties"]["Encrypted"] is True


def test_scratch_has_neither_key_nor_backups_and_the_whole_bucket_has_no_prefix() -> None:
    _, place = described()
    scratch = lustre_properties(Lustre(size_gib=1200, kind=LustreKind.SCRATCH_2), place)
    assert "KmsKeyId" not in scratch
    assert set(scratch["LustreConfiguration"]) == {"DeploymentType", "DataCompressionType"}
    whole = repository_properties(
        DataRepository(path="/lake", import_changes=False), file_system="fs-1", surroundings=place
    )
    assert whole["DataRepositoryPath"] == "s3://iryo-staging-important"
    assert whole["S3"] == {}


@pytest.mark.parametrize(
    ("capacity", "efa", "explicit", "close"),
    [
        (Capacity.ON_DEMAND, True, None, True),
        (Capacity.ON_DEMAND, False, None, False),
        (Capacity.RESERVATION, True, None, False),
        (Capacity.CAPACITY_BLOCK, True, None, False),
        (Capacity.RESERVATION, True, True, True),
        (Capacity.ON_DEMAND, True, False, False),
    ],
)
def test_placement_groups_where_nothing_else_places(
    capacity: Capacity, efa: bool, explicit: bool | None, close: bool
) -> None:
    queue = Queue(
        name="q",
        instance_types=("c6i.32xlarge",),
        max_nodes=2,
        capacity=capacity,
        efa=efa,
        placement_group=explicit,
    )
    assert queue.close_together is close
