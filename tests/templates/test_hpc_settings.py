"""What settings of the HPC room make that production does not have on."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app import build_app
from hpc.room.proof import prove
from infra.config import EnvironmentConfig, load
from infra.config.errors import DescriptionError, NotJudgedError
from infra.config.hpc import Cluster
from tests.conftest import Assembly
from tests.hpc.conftest import needs_vendor
from tests.templates.conftest import Program
from tests.templates.hpc_room import Room, text

pytestmark = needs_vendor
FULL = Path(__file__).parents[1] / "hpc" / "full.toml"
ADDED = """\
[[hpc.clusters.queues]]
name = "extra"
instance_types = ["g6.2xlarge"]
max_nodes = 3

[[hpc.clusters.storage.lustre]]
"""


def synthesised(config: EnvironmentConfig, folder: Path) -> Assembly:
    build_app(config, folder, validate=False).synth()
    return Assembly(folder, config.name)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    return synthesised(load(FULL), tmp_path_factory.mktemp("full"))


@pytest.fixture(scope="module")
def room(full: Assembly) -> Room:
    return Room(full.rooms["Hpc"])


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """The full file with a queue more and other settings."""
    text_of = FULL.read_text(encoding="utf-8")
    assert text_of.count("[[hpc.clusters.storage.lustre]]\n") == 1
    text_of = text_of.replace("[[hpc.clusters.storage.lustre]]\n", ADDED)
    text_of = text_of.replace(
        "[hpc.budget]",
        '[hpc]\nebs_encryption = "require"\ntransfer_acceleration = true\n[hpc.budget]',
    )
    file = tmp_path_factory.mktemp("toml") / "changed.toml"
    file.write_text(text_of, encoding="utf-8")
    return synthesised(load(file), tmp_path_factory.mktemp("changed"))


class TestPcs:
    def test_resources_refer_to_each_other(self, room: Room) -> None:
        (cluster,) = room.of("AWS::PCS::Cluster")
        for kind in ("AWS::PCS::ComputeNodeGroup", "AWS::PCS::Queue"):
            for name in room.of(kind):
                assert cluster in room.needs(name)
        groups = {key for key in room.of("AWS::PCS::ComputeNodeGroup") if "Nodes" in key}
        for name in room.of("AWS::PCS::Queue"):
            assert groups & room.needs(name)

    def test_everything_has_the_tags(self, room: Room) -> None:
        for kind in ("AWS::PCS::Cluster", "AWS::PCS::ComputeNodeGroup", "AWS::PCS::Queue"):
            for properties in room.properties(kind):
                assert properties["Tags"]["owner"] == "platform-team"
                assert properties["Tags"]["data-class"] == "important"

    def test_nodes_may_register_mount_and_be_reached(self, room: Room) -> None:
        profile = room.one("AWS::IAM::InstanceProfile", "Managed")
        assert profile["Path"] == "/aws-pcs/"
        (statement,) = room.statements("ManagedNodesRegister")
        assert statement["Action"] == ["pcs:RegisterComputeNodeGroupInstance"]

    def test_only_spot_groups_follow_the_budget(self, room: Room) -> None:
        function = room.one("AWS::Lambda::Function", "WatchFunction")
        watched = json.loads(_without_functions(function["Environment"]["Variables"]["WATCHED"]))
        assert [(each["least"], each["most"]) for each in watched["pcs_limited"]] == [(0, 8)]

    def test_its_own_role_may_use_the_key(self, room: Room) -> None:
        nodes = room.one("Custom::KeyGrants", "NodeGrants")
        assert "pcs.amazonaws.com" in nodes["Roles"]

    def test_only_parallelcluster_has_a_gate(self, room: Room) -> None:
        assert [body["ClusterName"] for body in room.properties("Custom::ClusterGate")] == [
            "research"
        ]


def _without_functions(value: Any) -> str:
    """A joined text with anything in place of each function: it stands inside quotation marks."""
    return "".join(part if isinstance(part, str) else "x" for part in value["Fn::Join"][1])


class TestTransfers:
    def test_from_smb_3_to_the_confidential_class(self, room: Room) -> None:
        source = room.one("AWS::DataSync::LocationSMB")
        assert source["MountOptions"] == {"Version": "SMB3"}
        assert "Password" not in source
        target = room.one("AWS::DataSync::LocationS3")
        assert "Confidential" in text(target["S3BucketArn"])
        assert {"Key": "data-class", "Value": "confidential"} in target["Tags"]

    def test_writes_under_its_prefix_only(self, room: Room) -> None:
        statements = {s["Sid"]: s for s in room.statements("SequencerWriter")}
        assert "/sequencer/*" in text(statements["Objects"]["Resource"])
        assert "s3:DeleteObject" not in statements["Objects"]["Action"]

    def test_what_arrived_is_compared_and_names_of_files_are_not_logged(self, room: Room) -> None:
        options = room.one("AWS::DataSync::Task")["Options"]
        assert options["VerifyMode"] == "ONLY_FILES_TRANSFERRED"
        assert options["LogLevel"] == "BASIC"


class TestBatch:
    def test_gpus_have_their_image_and_their_need(self, room: Room) -> None:
        gpu = room.one("AWS::Batch::ComputeEnvironment", "BatchGpu")["ComputeResources"]
        assert gpu["Ec2Configuration"] == [{"ImageType": "ECS_AL2023_NVIDIA"}]
        train = room.one("AWS::Batch::JobDefinition", "Train")["ContainerProperties"]
        assert {"Type": "GPU", "Value": "1"} in train["ResourceRequirements"]

    def test_fargate_has_no_public_address(self, room: Room) -> None:
        report = room.one("AWS::Batch::JobDefinition", "Report")
        assert report["PlatformCapabilities"] == ["FARGATE"]
        network = report["ContainerProperties"]["NetworkConfiguration"]
        assert network == {"AssignPublicIp": "DISABLED"}

    def test_an_array_is_submitted_when_it_is_due(self, room: Room) -> None:
        rule = room.one("AWS::Events::Rule", "AlignSchedule")
        assert rule["ScheduleExpression"] == "cron(0 17 ? * SAT *)"
        (target,) = rule["Targets"]
        assert target["BatchParameters"]["ArrayProperties"] == {"Size": 100}
        (statement,) = room.statements("AlignSubmit")
        assert statement["Action"] == ["batch:SubmitJob"]
        assert len(statement["Resource"]) == 2

    def test_a_job_without_prefixes_reaches_no_record(self, room: Room) -> None:
        statements = room.statements("ReportRole")
        assert [action for s in statements for action in s["Action"]] == [
            "cloudwatch:PutMetricData"
        ]


class TestAQueueAddedInToml:
    def test_appears_everywhere(self, full: Assembly, changed: Assembly) -> None:
        before, after = Room(full.rooms["Hpc"]), Room(changed.rooms["Hpc"])
        for room, there in ((before, False), (after, True)):
            cluster = room.one("Custom::PclusterCluster")["ClusterConfiguration"]
            names = [queue["Name"] for queue in cluster["Scheduling"]["SlurmQueues"]]
            watched = text(room.one("AWS::Lambda::Function", "WatchFunction")["Environment"])
            shown = text(room.one("AWS::CloudWatch::Dashboard")["DashboardBody"])
            assert ("extra" in names) is there
            assert ("extra" in watched) is there
            assert ("extra" in shown) is there
        assert before.gate["Quotas"] != after.gate["Quotas"]
        assert before.gate["Fingerprint"] != after.gate["Fingerprint"]

    def test_its_hash_is_shown(self, changed: Assembly) -> None:
        outputs = changed.rooms["Root"]["Outputs"]
        gate = Room(changed.rooms["Hpc"]).gate
        assert outputs["ClusterFingerprintResearch"]["Value"] == gate["Fingerprint"]


def test_the_accounts_default_key_can_be_somebody_elses_to_set(
    full: Assembly, changed: Assembly
) -> None:
    assert len(Room(full.rooms["Hpc"]).of("Custom::EbsEncryption")) == 1
    room = Room(changed.rooms["Hpc"])
    assert room.of("Custom::EbsEncryption") == {}
    assert room.gate["EbsKeyArn"]


def test_transfer_acceleration_is_of_the_important_bucket(
    full: Assembly, changed: Assembly
) -> None:
    def accelerated(made: Assembly) -> list[str]:
        return [
            name
            for name, body in made.resources("Data", "AWS::S3::Bucket").items()
            if "AccelerateConfiguration" in body["Properties"]
        ]

    assert accelerated(full) == []
    (name,) = accelerated(changed)
    assert name.startswith("Important")


def test_without_production_nothing_is_kept(room: Room) -> None:
    (cluster,) = room.of("Custom::PclusterCluster").values()
    assert cluster["DeletionPolicy"] == "Delete"
    assert cluster["Properties"]["DeletionPolicy"] == "Delete"


def small(change: Callable[[str], str], tmp_path: Path) -> EnvironmentConfig:
    file = tmp_path / "changed.toml"
    file.write_text(change(FULL.read_text(encoding="utf-8")), encoding="utf-8")
    return load(file)


def test_what_cannot_be_deployed_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    config = small(lambda t: t.replace("c6i.32xlarge", "c6i.33xlarge"), tmp_path)
    with pytest.raises(DescriptionError) as raised:
        build_app(config, tmp_path / "out", validate=False)
    assert raised.value.mistakes == [
        f"hpc.clusters[{index}].queues[0].instance_types[0]: c6i.33xlarge is not an instance "
        "type; the nearest allowed is c6i.32xlarge"
        for index in (0, 1)
    ]


def test_nothing_is_made_that_nobody_could_judge(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IRYO_PCLUSTER_PYTHON", str(tmp_path / "absent"))
    monkeypatch.setattr("hpc.validation.cache.FOLDER", tmp_path / "verdicts")
    with pytest.raises(NotJudgedError, match="make pcluster"):
        build_app(load(FULL), tmp_path / "out", validate=False)


def test_a_cluster_that_would_be_deployed_otherwise_is_refused(
    full: Assembly, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hpc.room import proof

    real = proof.cluster_config

    def other(cluster: Cluster, place: Any) -> Any:
        made = real(cluster, place)
        return made | {"Image": {"Os": "other"}} if "Token" in place.security_group else made

    monkeypatch.setattr(proof, "cluster_config", other)
    with pytest.raises(DescriptionError, match="deployed otherwise than it was judged"):
        build_app(load(FULL), tmp_path / "out", validate=False)
    assert prove is proof.prove


@pytest.fixture
def changed_file(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, str], tuple[int, str]]:
    """Run the program on a changed file without the gate; return its code and what it said."""
    monkeypatch.setattr("app.gate.synthesise", lambda *_: 0)

    def run(old: str, new: str) -> tuple[int, str]:
        file = tmp_path / "changed.toml"
        file.write_text(FULL.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
        code, said = program(str(file))
        return code, said.replace(str(file), "FILE")

    return run


def test_the_program_ends_with_a_sentence(
    changed_file: Callable[[str, str], tuple[int, str]],
) -> None:
    code, said = changed_file("c6i.32xlarge", "c6i.33xlarge")
    assert code == 2
    assert said.startswith("FILE: hpc.clusters[0].queues[0].instance_types[0]: c6i.33xlarge is not")


def test_the_program_says_what_a_cluster_costs_at_rest(
    changed_file: Callable[[str, str], tuple[int, str]],
) -> None:
    code, said = changed_file("max_nodes = 8", "max_nodes = 7")
    assert code == 0
    assert "note: cluster research at rest: " in said


def test_the_program_says_that_nobody_judged(
    changed_file: Callable[[str, str], tuple[int, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("IRYO_PCLUSTER_PYTHON", str(tmp_path / "absent"))
    monkeypatch.setattr("hpc.validation.cache.FOLDER", tmp_path / "verdicts")
    code, said = changed_file("x", "x")
    assert (code, said.startswith("not judged: ")) == (1, True)
