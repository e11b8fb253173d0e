"""What the ECS room promises, read from its template."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.config import EnvironmentConfig, load, path_of
from infra.config.services import priority
from infra.ecs.containers import SCRATCH, SCRATCH_PATH
from infra.network.flows import Ports, Tier, flows
from tests.config.test_load import merged, toml
from tests.conftest import Assembly
from tests.templates.policies import plain

ROOM = "Ecs"
TASK, SERVICE = "AWS::ECS::TaskDefinition", "AWS::ECS::Service"
ARN = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:hospital/ehr-Ab12Cd"
EVERY_SETTING: dict[str, Any] = {
    "name": "many",
    "rooms": {"ecs": True, "edge": True, "mlops": False},
    "edge": {"domain": "services.iryo.example", "hosted_zone_id": "Z0000000IRYOEXAMPLE"},
    "ecs": {
        "shell": True,
        "insights": "enhanced",
        "log_router": "ecr-public/aws-observability/aws-for-fluent-bit:3.0.0",
        "instances": {"types": ["c8g.*"], "most_vcpus": 4},
    },
    "services": {
        "green": {
            "image": ":1.0.0",
            "path": "/green",
            "port": 9443,
            "deployment": "blue_green",
            "bake_minutes": 7,
            "sticky_seconds": 600,
            "scaling": {"min": 3, "max": 9, "cpu_percent": 50, "requests": 1000},
        },
        "writer": {
            "image": "shared/tools@sha256:" + "0" * 64,
            "command": ["serve", "--fast"],
            "data_class": "confidential",
            "reads": ["confidential/raw", "general"],
            "writes": ["confidential", "important/reports"],
            "secrets": {"EHR": f"{ARN}:password::", "TOKEN": "generated"},
            "environment": {"MODE": "nightly"},
            "capacity": "spot",
            "scratch": True,
            "metrics_port": 9100,
        },
        "heavy": {"image": ":1", "capacity": "ec2", "cpu": 3000, "memory": 5000},
    },
}


@pytest.fixture(scope="module")
def production(assembly: Callable[[str], Assembly]) -> Assembly:
    return assembly("production")


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    from app import build_app

    folder = tmp_path_factory.mktemp("many")
    file = folder / "many.toml"
    base = tomllib.loads(path_of("staging").read_text())
    del base["mlops"]
    file.write_text(toml(merged(base, EVERY_SETTING)))
    config: EnvironmentConfig = load(file)
    build_app(config, folder / "out", validate=False).synth()
    return Assembly(folder / "out", "many")


def task(room: Assembly, name: str) -> dict[str, Any]:
    found = room.resources(ROOM, TASK)
    [wanted] = [
        one["Properties"]
        for one in found.values()
        if one["Properties"]["Family"].endswith(f"-{name}")
    ]
    return wanted


def container(room: Assembly, name: str) -> dict[str, Any]:
    first: dict[str, Any] = task(room, name)["ContainerDefinitions"][0]
    assert first["Name"] == name
    return first


def service(room: Assembly, name: str) -> dict[str, Any]:
    return room.resource(ROOM, SERVICE, ServiceName=name)


def rights(room: Assembly, start: str) -> dict[str, dict[str, Any]]:
    """Statements of the one policy whose logical id begins so, by Sid."""
    found = [
        one["Properties"]["PolicyDocument"]["Statement"]
        for name, one in room.resources(ROOM, "AWS::IAM::ManagedPolicy").items()
        if name.startswith(start)
    ]
    assert len(found) == 1, f"{start}: {len(found)}"
    return {statement["Sid"]: plain(statement) for statement in found[0]}


def is_key(value: Any, name: str) -> bool:
    return f"{name}Key" in json.dumps(value)


def test_the_delivered_services_are_there(production: Assembly) -> None:
    services = production.resources(ROOM, SERVICE).values()
    assert {one["Properties"]["ServiceName"] for one in services} == {"application", "inference"}


def test_adding_a_service_is_adding_a_table(many: Assembly) -> None:
    services = many.resources(ROOM, SERVICE).values()
    wanted: dict[str, Any] = EVERY_SETTING["services"]
    assert {one["Properties"]["ServiceName"] for one in services} == wanted.keys()


@pytest.mark.parametrize("environment", ["production", "many"])
def test_every_container_is_hardened(environment: str, request: pytest.FixtureRequest) -> None:
    room: Assembly = request.getfixturevalue(environment)
    tasks = [one["Properties"] for one in room.resources(ROOM, TASK).values()]
    for definition in tasks:
        assert definition["NetworkMode"] == "awsvpc"
        assert definition["RuntimePlatform"]["OperatingSystemFamily"] == "LINUX"
        for one in definition["ContainerDefinitions"]:
            assert one["Privileged"] is False
            assert one["ReadonlyRootFilesystem"] is True
            linux = one["LinuxParameters"]
            assert linux == {"Capabilities": {"Drop": ["ALL"]}, "InitProcessEnabled": True}
            assert "FirelensConfiguration" in one or one["User"] == "10001:10001"
            assert one["LogConfiguration"]["LogDriver"] in ("awslogs", "awsfirelens")
    assert tasks


def test_new_privileges_are_denied_where_aws_lets_us_say_so(many: Assembly) -> None:
    assert container(many, "heavy")["DockerSecurityOptions"] == ["no-new-privileges"]
    assert "DockerSecurityOptions" not in container(many, "green")
    assert task(many, "heavy")["RequiresCompatibilities"] == ["MANAGED_INSTANCES"]
    assert task(many, "green")["RequiresCompatibilities"] == ["FARGATE"]


def test_the_cluster_encrypts_and_watches(production: Assembly, many: Assembly) -> None:
    cluster = production.resource(ROOM, "AWS::ECS::Cluster")
    configuration = cluster["Configuration"]
    storage = configuration["ManagedStorageConfiguration"]
    assert is_key(storage["FargateEphemeralStorageKmsKeyId"], "Confidential")
    shell = configuration["ExecuteCommandConfiguration"]
    assert shell["Logging"] == "OVERRIDE" and is_key(shell["KmsKeyId"], "Logs")
    assert cluster["ClusterSettings"] == [{"Name": "containerInsights", "Value": "enabled"}]
    assert many.resource(ROOM, "AWS::ECS::Cluster")["ClusterSettings"][0]["Value"] == "enhanced"
    capacity = production.resource(ROOM, "AWS::ECS::ClusterCapacityProviderAssociations")
    assert capacity["CapacityProviders"] == ["FARGATE", "FARGATE_SPOT"]


def test_the_key_policy_names_this_cluster(production: Assembly) -> None:
    name = production.resource(ROOM, "AWS::ECS::Cluster")["ClusterName"]
    keys = production.resources("Security", "AWS::KMS::Key").values()
    statements = {
        one["Sid"]: one for key in keys for one in key["Properties"]["KeyPolicy"]["Statement"]
    }
    for sid in ("FargateDisks", "FargateDiskGrants"):
        equal = statements[sid]["Condition"]["StringEquals"]
        assert equal["kms:EncryptionContext:aws:ecs:clusterName"] == name


def test_nobody_opens_a_shell_in_production(production: Assembly, many: Assembly) -> None:
    for one in production.resources(ROOM, SERVICE).values():
        assert one["Properties"]["EnableExecuteCommand"] is False
    assert "ssmmessages" not in json.dumps(production.rooms[ROOM])
    assert service(many, "green")["EnableExecuteCommand"] is True
    assert set(rights(many, "GreenTaskTaskRole")) == {
        *("Shell", "ShellKey", "ShellLogGroups", "ShellLog", "Logs"),
    }


def test_the_application_may_read_records_and_nothing_else(production: Assembly) -> None:
    found = rights(production, "ApplicationTaskTaskRole")
    assert set(found) == {"ReadImportant", "ListImportant", "ReadImportantKey"}
    assert found["ReadImportant"]["Action"] == ["s3:GetObject"]
    assert found["ReadImportant"]["Resource"][0].endswith("/source=*")
    assert found["ListImportant"]["Condition"] == {"StringLike": {"s3:prefix": ["source=*"]}}
    assert found["ReadImportantKey"]["Action"] == ["kms:Decrypt"]
    assert "KmsKey" not in found and is_key(found["ReadImportantKey"]["Resource"], "Important")


def test_the_inference_service_may_do_nothing(production: Assembly) -> None:
    policies = production.resources(ROOM, "AWS::IAM::ManagedPolicy")
    assert not [name for name in policies if name.startswith("InferenceTaskTaskRole")]
    assert task(production, "inference")["TaskRoleArn"]


def test_rights_follow_from_what_is_declared(many: Assembly) -> None:
    found = rights(many, "WriterTaskTaskRole")
    granted = {sid: (one["Action"], one["Resource"]) for sid, one in found.items()}
    assert [one.rpartition("}")[2] for one in granted["ReadConfidential"][1]] == ["/raw/*"]
    assert [one.rpartition("}")[2] for one in granted["ReadGeneral"][1]] == ["/*"]
    assert [one.rpartition("}")[2] for one in granted["WriteConfidential"][1]] == [
        "/services/writer/*"
    ]
    assert [one.rpartition("}")[2] for one in granted["WriteImportant"][1]] == ["/reports/*"]
    assert "ReadImportant" not in granted and "ListImportant" not in granted
    assert set(granted["ReadWriteConfidentialKey"][0]) == {"kms:Decrypt", "kms:GenerateDataKey"}
    assert granted["ReadGeneralKey"][0] == ["kms:Decrypt"]
    for one in found.values():
        if one["Sid"].endswith("Key") and one["Sid"] != "ShellKey":
            assert one["Condition"]["StringEquals"]["kms:ViaService"].startswith("s3.")


def test_secrets_come_by_arn_and_only_to_their_service(many: Assembly) -> None:
    given = {one["Name"]: plain(one["ValueFrom"]) for one in container(many, "writer")["Secrets"]}
    assert given["EHR"] == f"{ARN}:password::"
    assert "Token" in given["TOKEN"]
    agent = rights(many, "WriterTaskAgentRole")
    assert set(agent["Secrets"]["Resource"]) == {ARN, given["TOKEN"]}
    assert "Secrets" not in rights(many, "GreenTaskAgentRole")
    secret = many.resource(ROOM, "AWS::SecretsManager::Secret")
    assert is_key(secret["KmsKeyId"], "Confidential")
    assert secret["GenerateSecretString"]["PasswordLength"] == 64


def test_an_agent_pulls_from_its_own_repository(many: Assembly, production: Assembly) -> None:
    pulled = rights(production, "InferenceTaskAgentRole")["Image"]["Resource"]
    assert len(pulled) == 1 and "inference" in pulled[0]
    assert "@sha256:" + "0" * 64 in json.dumps(container(many, "writer")["Image"])
    assert len(rights(many, "WriterTaskAgentRole")["Image"]["Resource"]) == 2, "and the router's"


def test_a_failed_deployment_is_rolled_back(production: Assembly, many: Assembly) -> None:
    for room in (production, many):
        alarms = {
            one["Properties"]["AlarmName"]
            for one in room.resources(ROOM, "AWS::CloudWatch::Alarm").values()
        }
        for one in room.resources(ROOM, SERVICE).values():
            how = one["Properties"]["DeploymentConfiguration"]
            assert how["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
            assert how["Alarms"]["Enable"] and how["Alarms"]["Rollback"]
            assert set(how["Alarms"]["AlarmNames"]) <= alarms
            assert how["MinimumHealthyPercent"] == 100


def test_deployment_strategies(production: Assembly, many: Assembly) -> None:
    canary = service(production, "application")["DeploymentConfiguration"]
    assert canary["Strategy"] == "CANARY"
    assert canary["CanaryConfiguration"] == {"CanaryBakeTimeInMinutes": 10, "CanaryPercent": 10}
    green = service(many, "green")["DeploymentConfiguration"]
    assert (green["Strategy"], green["BakeTimeInMinutes"]) == ("BLUE_GREEN", 7)
    rolling = service(production, "inference")["DeploymentConfiguration"]
    assert rolling["Strategy"] == "ROLLING" and "BakeTimeInMinutes" not in rolling


def test_shifting_has_two_groups_and_a_role_for_this_rule_only(many: Assembly) -> None:
    [balancer] = service(many, "green")["LoadBalancers"]
    groups = many.resources(ROOM, "AWS::ElasticLoadBalancingV2::TargetGroup")
    assert {one["Properties"]["Protocol"] for one in groups.values()} == {"HTTPS"}
    advanced = balancer["AdvancedConfiguration"]
    used = {plain(balancer["TargetGroupArn"]), plain(advanced["AlternateTargetGroupArn"])}
    assert used == {f"{{{name}}}" for name in groups}
    found = rights(many, "GreenFrontShiftRole")
    assert set(found["Targets"]["Resource"]) == used
    assert plain(advanced["ProductionListenerRule"]) in found["Weights"]["Resource"]


def test_the_edge_reaches_a_path_and_all_below_it(production: Assembly) -> None:
    rule = production.resource(ROOM, "AWS::ElasticLoadBalancingV2::ListenerRule")
    [condition] = rule["Conditions"]
    assert condition["PathPatternConfig"]["Values"] == ["/records", "/records/*"]
    assert rule["Priority"] == priority("application")
    assert "LoadBalancers" not in service(production, "inference")


def test_a_port_of_its_own_is_let_through_everywhere(many: Assembly) -> None:
    groups = [
        one["Properties"]["FromPort"]
        for room in (ROOM, "Network")
        for kind in ("Ingress", "Egress")
        for one in many.resources(room, f"AWS::EC2::SecurityGroup{kind}").values()
    ]
    assert groups.count(9443) == 4, "out of and into the group, and the load balancer's two"
    assert groups.count(9100) == 2
    between = [
        flow.ports
        for flow in flows(nat=True, hpc=False, service_ports=(9443,))
        if flow.source is flow.target is Tier.APPLICATION
    ]
    assert any(Ports(9443, 9443) in ports for ports in between)


def test_stickiness_is_asked_for(many: Assembly, production: Assembly) -> None:
    def enabled(room: Assembly) -> set[str]:
        groups = room.resources(ROOM, "AWS::ElasticLoadBalancingV2::TargetGroup").values()
        pairs = [one["Properties"]["TargetGroupAttributes"] for one in groups]
        return {
            each["Value"] for one in pairs for each in one if each["Key"] == "stickiness.enabled"
        }

    assert (enabled(many), enabled(production)) == ({"true"}, {"false"})


def test_services_have_names_inside_the_vpc(production: Assembly) -> None:
    space = production.resource(ROOM, "AWS::ServiceDiscovery::PrivateDnsNamespace")
    assert space["Name"] == "production.iryo.internal"
    assert production.resource(ROOM, "AWS::ServiceDiscovery::Service")["Name"] == "inference"
    assert "ServiceRegistries" not in service(production, "application"), "requests are shifted"


def test_tasks_scale_and_no_deployment_undoes_it(many: Assembly) -> None:
    targets = many.resources(ROOM, "AWS::ApplicationAutoScaling::ScalableTarget")
    [green] = [one["Properties"] for n, one in targets.items() if n.startswith("Green")]
    assert (green["MinCapacity"], green["MaxCapacity"]) == (3, 9)
    policies = many.resources(ROOM, "AWS::ApplicationAutoScaling::ScalingPolicy")
    tracked = {
        name: one["Properties"]["TargetTrackingScalingPolicyConfiguration"]
        for name, one in policies.items()
        if name.startswith("Green")
    }
    assert {one["TargetValue"] for one in tracked.values()} == {50, 1000}
    for one in many.resources(ROOM, SERVICE).values():
        assert "DesiredCount" not in one["Properties"]


def test_capacity(many: Assembly) -> None:
    def strategy(name: str) -> list[tuple[Any, int, int]]:
        return [
            (plain(one["CapacityProvider"]), one["Base"], one["Weight"])
            for one in service(many, name)["CapacityProviderStrategy"]
        ]

    assert strategy("green") == [("FARGATE", 0, 1)]
    assert strategy("writer") == [("FARGATE", 2, 1), ("FARGATE_SPOT", 0, 9)]
    [(provider, _, _)] = strategy("heavy")
    assert provider.startswith("{ClusterInstances")
    template = many.resource(ROOM, "AWS::ECS::CapacityProvider")["ManagedInstancesProvider"][
        "InstanceLaunchTemplate"
    ]
    assert template["InstanceRequirements"]["AllowedInstanceTypes"] == ["c8g.*"]


def test_what_a_container_is_told(many: Assembly) -> None:
    one = container(many, "writer")
    told = {each["Name"]: plain(each["Value"]) for each in one["Environment"]}
    assert told["MODE"] == "nightly" and told["STAGE"] == "staging"
    assert {name for name in told if name.endswith("_BUCKET")} == {
        *("CONFIDENTIAL_BUCKET", "GENERAL_BUCKET", "IMPORTANT_BUCKET"),
    }
    assert one["Command"] == ["serve", "--fast"]
    assert one["MountPoints"] == [{"ContainerPath": SCRATCH_PATH, "SourceVolume": SCRATCH}]
    assert [each["ContainerPort"] for each in one["PortMappings"]] == [8443, 9100]


def test_a_log_router_stands_beside_each_container(many: Assembly, production: Assembly) -> None:
    own, router = task(many, "green")["ContainerDefinitions"]
    assert own["LogConfiguration"]["LogDriver"] == "awsfirelens"
    assert own["DependsOn"] == [{"Condition": "START", "ContainerName": "log-router"}]
    assert router["FirelensConfiguration"]["Type"] == "fluentbit"
    assert len(task(production, "inference")["ContainerDefinitions"]) == 1


def test_logs_are_encrypted_and_kept(production: Assembly) -> None:
    groups = production.resources(ROOM, "AWS::Logs::LogGroup").values()
    assert len(groups) == 3, "two services and the shells' log"
    assert all(is_key(one["Properties"]["KmsKeyId"], "Logs") for one in groups)
    assert {one["Properties"]["RetentionInDays"] for one in groups} == {731, 3653}


def test_resources_carry_the_class_of_their_service(many: Assembly) -> None:
    def tag(resource: dict[str, Any]) -> str:
        return next(str(one["Value"]) for one in resource["Tags"] if one["Key"] == "data-class")

    assert tag(service(many, "writer")) == "confidential"
    assert tag(service(many, "green")) == "general"


def test_alarms_tell_operations(production: Assembly) -> None:
    topic = production.resource(ROOM, "AWS::SNS::Topic")
    assert topic["Subscription"] == [{"Endpoint": "operations@iryo.example", "Protocol": "email"}]
    for one in production.resources(ROOM, "AWS::CloudWatch::Alarm").values():
        assert len(one["Properties"]["AlarmActions"]) == 1


def test_priorities_depend_on_the_name_alone() -> None:
    names = [f"service-{number}" for number in range(40)]
    found = [priority(name) for name in names]
    assert all(1 <= one <= 50_000 for one in found)
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("name", ["application", "inference"])
def test_images_are_pinned_and_run_as_nobody(name: str) -> None:
    folder = Path(__file__).parents[2] / "services" / name
    lines = (folder / "Dockerfile").read_text().splitlines()
    bases = [line.split()[1] for line in lines if line.startswith("FROM ")]
    assert all("@sha256:" in base or base == "base" for base in bases)
    assert "USER 10001:10001" in lines
    for line in lines:
        if line.startswith(("RUN ", "ENTRYPOINT ", "CMD ")):
            assert json.loads(line.partition(" ")[2]), "no shell"
    requirements = (folder / "requirements.txt").read_text()
    assert requirements.count("==") <= requirements.count("--hash=sha256:")
