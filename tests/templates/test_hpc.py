"""The HPC room as production has it: clusters that were judged, in a room that is closed."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from compliance import external
from hpc.cluster_config import cluster_config
from hpc.placeholders import surroundings
from hpc.room.provider import template_url
from hpc.runtime.judged import as_judged, fingerprint
from hpc.validation.check import check_cluster
from infra.config import EnvironmentConfig, load, path_of
from infra.config.hpc import PARALLELCLUSTER_VERSION
from tests.conftest import Assembly
from tests.hpc.conftest import needs_vendor
from tests.templates.hpc_room import Body, Room, named, plain, text

pytestmark = needs_vendor


@pytest.fixture(scope="session")
def config() -> EnvironmentConfig:
    return load(path_of("production"))


@pytest.fixture(scope="session")
def made(assembly: Callable[[str], Assembly]) -> Assembly:
    return assembly("production")


@pytest.fixture(scope="session")
def room(made: Assembly) -> Room:
    return Room(made.rooms["Hpc"])


@pytest.mark.parametrize("environment", ["dev", "staging"])
def test_other_environments_have_no_room(
    assembly: Callable[[str], Assembly], environment: str
) -> None:
    assert "Hpc" not in assembly(environment).rooms


class TestWhatIsDeployedWasJudged:
    def test_hash_by_hash(self, room: Room, config: EnvironmentConfig) -> None:
        (cluster,) = config.hpc.clusters
        place = surroundings(config, cluster)
        verdict = check_cluster(cluster, place)
        assert not verdict.refused
        pairs = [(plain(pair["Real"]), pair["StandIn"]) for pair in room.gate["StandIns"]]
        deployed = plain(room.one("Custom::PclusterCluster")["ClusterConfiguration"])
        assert fingerprint(as_judged(deployed, pairs)) == verdict.fingerprint
        assert room.gate["Fingerprint"] == verdict.fingerprint
        assert as_judged(deployed, pairs) == cluster_config(cluster, place)

    def test_a_change_on_the_way_changes_the_hash(self, room: Room) -> None:
        pairs = [(plain(pair["Real"]), pair["StandIn"]) for pair in room.gate["StandIns"]]
        deployed = plain(room.one("Custom::PclusterCluster")["ClusterConfiguration"])
        deployed["HeadNode"]["InstanceType"] = "m6i.2xlarge"
        assert fingerprint(as_judged(deployed, pairs)) != room.gate["Fingerprint"]

    def test_the_gate_is_shown_what_the_cluster_gets(self, room: Room) -> None:
        cluster = room.one("Custom::PclusterCluster")
        assert room.gate["Configuration"] == cluster["ClusterConfiguration"]
        assert room.gate["JudgedRegion"] == "ap-northeast-1"

    def test_the_root_stack_shows_the_hash(self, made: Assembly, room: Room) -> None:
        outputs = made.rooms["Root"]["Outputs"]
        assert outputs["ClusterFingerprintResearch"]["Value"] == room.gate["Fingerprint"]


class TestOrder:
    def test_gate_then_cluster_then_fleet(self, room: Room) -> None:
        (gate,), (cluster,), (fleet,) = (
            room.of(f"Custom::{kind}")
            for kind in ("ClusterGate", "PclusterCluster", "ClusterFleet")
        )
        assert gate in room.needs(cluster)
        assert cluster in room.needs(fleet)
        assert cluster not in room.needs(gate)

    def test_volumes_are_encrypted_before_the_gate_looks(self, room: Room) -> None:
        (gate,) = room.of("Custom::ClusterGate")
        kinds = {room.resources[name]["Type"] for name in room.needs(gate)}
        assert {"Custom::EbsEncryption", "Custom::KeyGrants"} <= kinds

    def test_the_lake_is_linked_once_fsx_may_read_it(self, room: Room) -> None:
        (link,) = room.of("AWS::FSx::DataRepositoryAssociation")
        kinds = {room.resources[name]["Type"] for name in room.needs(link)}
        assert {"Custom::KeyGrants", "AWS::FSx::FileSystem"} <= kinds

    def test_a_role_has_its_policies_before_it_is_used(self, room: Room) -> None:
        (cluster,) = room.of("Custom::PclusterCluster")
        policies = {name for name in room.needs(cluster) if "ProviderRole" in name}
        assert {room.resources[name]["Type"] for name in policies} == {
            "AWS::IAM::Role",
            "AWS::IAM::ManagedPolicy",
        }


class TestProvider:
    def test_is_the_vendors_at_the_version_that_judges(self, room: Room) -> None:
        stack = room.one("AWS::CloudFormation::Stack")
        assert external.address(stack["TemplateURL"]) in external.allowed()
        assert f"/parallelcluster/{PARALLELCLUSTER_VERSION}/" in template_url()
        assert list(stack["Parameters"]) == ["CustomLambdaRole"]
        role = stack["Parameters"]["CustomLambdaRole"]["Fn::GetAtt"][0]
        assert room.resources[role]["Type"] == "AWS::IAM::Role"

    def test_makes_roles_inside_the_boundary_only(self, room: Room) -> None:
        boundary = next(key for key in room.of("AWS::IAM::ManagedPolicy") if "Boundary" in key)
        making = [
            statement
            for statement in room.statements("ProviderRole")
            if {"iam:CreateRole", "iam:AttachRolePolicy", "iam:PutRolePolicy"}
            & set(statement["Action"])
        ]
        assert len(making) == 2
        for statement in making:
            condition = statement["Condition"]["StringEquals"]["iam:PermissionsBoundary"]
            assert condition == [{"Ref": boundary}]
            assert all("role/parallelcluster/research" in text(r) for r in statement["Resource"])

    def test_attaches_known_policies_only(self, room: Room) -> None:
        (statement,) = [s for s in room.statements("ProviderRole") if s["Sid"] == "KnownPolicies"]
        known = text(statement["Condition"]["ArnEquals"]["iam:PolicyARN"])
        assert "AdministratorAccess" not in known
        assert "AmazonSSMManagedInstanceCore" in known

    def test_has_no_wildcard_action_and_reads_no_patient_data(self, room: Room) -> None:
        for statement in room.statements("ProviderRole"):
            assert not any(action.endswith(":*") for action in statement["Action"])
            if any(action.startswith("s3:") for action in statement["Action"]):
                where = text(statement["Resource"])
                assert "Confidential" not in where and "Important" not in where

    def test_the_clusters_own_roles_are_denied_what_is_confidential(self, room: Room) -> None:
        (denied,) = [s for s in room.statements("Boundary") if s["Effect"] == "Deny"]
        assert denied["Action"] == ["s3:*"]
        assert len(denied["Resource"]) == 4

    def test_the_cluster_outlives_its_stack(self, room: Room) -> None:
        ((_, cluster),) = room.of("Custom::PclusterCluster").items()
        assert cluster["DeletionPolicy"] == "Retain"
        assert cluster["Properties"]["DeletionPolicy"] == "Retain"


def subnets(room: Room, kind: str) -> str:
    return text([body.get("SubnetIds") or body.get("SubnetId") for body in room.properties(kind)])


class TestStorage:
    def test_lustre_is_encrypted_and_shows_the_important_class(self, room: Room) -> None:
        lustre = room.one("AWS::FSx::FileSystem")
        assert "Important" in text(lustre["KmsKeyId"])
        assert lustre["LustreConfiguration"]["DeploymentType"] == "PERSISTENT_2"
        link = room.one("AWS::FSx::DataRepositoryAssociation")
        assert "ImportantBucket" in text(link["DataRepositoryPath"])
        assert "Confidential" not in text(link)

    def test_file_systems_and_database_are_in_the_data_tier(self, room: Room) -> None:
        for kind in ("AWS::FSx::FileSystem", "AWS::EFS::MountTarget", "AWS::RDS::DBSubnetGroup"):
            assert "TiersData" in subnets(room, kind), kind
            assert "TiersHpc" not in subnets(room, kind), kind

    def test_homes_are_mounted_over_tls_by_this_account(self, room: Room) -> None:
        home = room.one("AWS::EFS::FileSystem")
        plain_text, others = home["FileSystemPolicy"]["Statement"]
        assert plain_text["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert others["Effect"] == "Deny"
        assert home["Encrypted"] is True

    def test_what_holds_data_stays(self, room: Room) -> None:
        for kind in ("AWS::FSx::FileSystem", "AWS::EFS::FileSystem", "AWS::RDS::DBInstance"):
            for body in room.of(kind).values():
                assert body["DeletionPolicy"] == "Retain", kind

    def test_the_accounting_database_is_closed(self, room: Room) -> None:
        database = room.one("AWS::RDS::DBInstance")
        assert database["StorageEncrypted"] and not database["PubliclyAccessible"]
        assert database["DeletionProtection"] and database["MultiAZ"]
        assert "Database" in text(database["VPCSecurityGroups"])
        parameters = room.one("AWS::RDS::DBParameterGroup")["Parameters"]
        assert parameters["require_secure_transport"] == "1"

    def test_the_password_is_generated_and_in_no_template(self, room: Room) -> None:
        secret = room.one("AWS::SecretsManager::Secret")
        assert "SecretString" not in secret
        assert secret["GenerateSecretString"]["PasswordLength"] == 32
        database = room.one("AWS::RDS::DBInstance")
        assert "resolve:secretsmanager" in text(database["MasterUserPassword"])
        settings = room.gate["Configuration"]["Scheduling"]["SlurmSettings"]["Database"]
        (name,) = room.of("AWS::SecretsManager::Secret")
        assert settings["PasswordSecretArn"] == {"Ref": name}


class TestFunctions:
    def test_the_journal_forgets_and_can_be_restored(self, room: Room) -> None:
        table = room.one("AWS::DynamoDB::Table")
        assert table["KeySchema"] == [{"AttributeName": "Id", "KeyType": "HASH"}]
        assert table["TimeToLiveSpecification"] == {"AttributeName": "Expires", "Enabled": True}
        assert "Important" in text(table["SSESpecification"]["KMSMasterKeyId"])
        recovery = table["PointInTimeRecoverySpecification"]
        assert recovery["PointInTimeRecoveryEnabled"] is True

    def test_handlers_and_time(self, room: Room) -> None:
        found = {f["Handler"]: f["Timeout"] for f in room.properties("AWS::Lambda::Function")}
        assert found == {
            "hpc.runtime.handler.handler": 900,
            "hpc.runtime.handler.resume": 900,
            "hpc.runtime.spending.handler": 30,
            "hpc.runtime.watch.handler": 240,
        }

    def test_the_code_is_the_runtime_folder_and_nothing_else(
        self, room: Room, made: Assembly
    ) -> None:
        keys = {text(f["Code"]["S3Key"]) for f in room.properties("AWS::Lambda::Function")}
        assert len(keys) == 1
        folder = made.outdir / f"asset.{json.loads(keys.pop()).removesuffix('.zip')}"
        files = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}
        assert "hpc/__init__.py" in files and "hpc/runtime/scripts/queues.sh" in files
        assert all(name == "hpc/__init__.py" or name.startswith("hpc/runtime/") for name in files)

    def test_scripts_run_on_instances_of_clusters_only(self, room: Room) -> None:
        sending = [
            statement
            for part in ("CustomResources", "Resume", "WatchFunction")
            for statement in room.statements(part)
            if "ssm:SendCommand" in statement["Action"]
        ]
        assert len(sending) == 6
        for statement in sending:
            document = "document/AWS-RunShellScript" in text(statement["Resource"])
            assert document or "ssm:resourceTag" in text(statement["Condition"])

    def test_queues_open_again_after_a_rollback(self, room: Room) -> None:
        rule = room.one("AWS::Events::Rule", "RolledBack")
        detail = rule["EventPattern"]["detail"]
        assert detail["status-details"] == {"status": ["UPDATE_ROLLBACK_COMPLETE"]}
        assert detail["stack-id"] == [{"Ref": "AWS::StackId"}]
        (target,) = rule["Targets"]
        assert json.loads(target["Input"]) == {"ClusterName": "research"}
        assert target["DeadLetterConfig"]


class TestBudget:
    def test_warns_then_stops(self, room: Room, config: EnvironmentConfig) -> None:
        budget = room.one("AWS::Budgets::Budget")
        assert config.hpc.budget
        assert budget["Budget"]["BudgetLimit"]["Amount"] == config.hpc.budget.monthly_usd
        assert budget["Budget"]["CostFilters"]["TagKeyValue"] == ["user:room$iryo-production-hpc"]
        warn, stop = budget["NotificationsWithSubscribers"]
        assert (warn["Notification"]["Threshold"], stop["Notification"]["Threshold"]) == (80, 100)
        assert any("Spending" in text(each["Address"]) for each in stop["Subscribers"])
        assert not any("Spending" in text(each["Address"]) for each in warn["Subscribers"])

    def test_the_topic_calls_the_function_that_stops(self, room: Room) -> None:
        called = [
            subscription
            for subscription in room.properties("AWS::SNS::Subscription")
            if subscription["Protocol"] == "lambda"
        ]
        assert len(called) == 1 and "Spending" in text(called[0]["TopicArn"])
        assert "BudgetStop" in text(called[0]["Endpoint"])

    def test_the_new_month_opens(self, room: Room) -> None:
        rule = room.one("AWS::Events::Rule", "NewMonth")
        assert rule["ScheduleExpression"] == "cron(10 0 1 * ? *)"
        assert rule["Targets"][0]["Input"] == '{"Spending":"open"}'

    def test_what_stops_is_spot_and_gpu(self, room: Room) -> None:
        function = room.one("AWS::Lambda::Function", "WatchFunction")
        watched = json.loads(plain(function["Environment"]["Variables"]["WATCHED"]))
        (cluster,) = watched["clusters"]
        limited = {queue["name"]: queue["limited"] for queue in cluster["queues"]}
        assert limited == {"general": True, "mpi": False, "gpu": True}
        assert watched["batch_limited"] == ["iryo-production-hpc-spot"]

    def test_nobody_publishes_in_plain_text(self, room: Room) -> None:
        for policy in room.properties("AWS::SNS::TopicPolicy"):
            _, denied = policy["PolicyDocument"]["Statement"]
            assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


class TestBatch:
    def test_nothing_runs_at_rest_and_disks_are_ours(self, room: Room) -> None:
        environments = room.properties("AWS::Batch::ComputeEnvironment")
        kinds = {each["ComputeResources"]["Type"] for each in environments}
        assert kinds == {"FARGATE", "SPOT", "EC2"}
        for each in environments:
            resources = each["ComputeResources"]
            assert each["Type"] == "MANAGED"
            assert resources["Type"] == "FARGATE" or resources["MinvCpus"] == 0
            assert "TiersHpc" in text(resources["Subnets"])
        for template in room.properties("AWS::EC2::LaunchTemplate"):
            data = template["LaunchTemplateData"]
            assert data["MetadataOptions"]["HttpTokens"] == "required"
            assert data["BlockDeviceMappings"][0]["Ebs"]["Encrypted"] is True
            assert "KeyName" not in data

    def test_queues_share(self, room: Room) -> None:
        for queue in room.properties("AWS::Batch::JobQueue"):
            assert queue["SchedulingPolicyArn"]
        large = room.one("AWS::Batch::SchedulingPolicy", "Large")["FairsharePolicy"]
        assert [s["WeightFactor"] for s in large["ShareDistribution"]] == [0.5, 1]

    def test_jobs_may_little(self, room: Room) -> None:
        job = room.one("AWS::Batch::JobDefinition")["ContainerProperties"]
        assert (job["Privileged"], job["ReadonlyRootFilesystem"]) == (False, True)
        assert job["User"] == "65534:65534"
        statements = {s["Sid"]: s for s in room.statements("AlignRole")}
        assert "source=genomics/" in text(statements["Read"]["Resource"])
        assert "aligned/" in text(statements["Write"]["Resource"])
        assert "Confidential" not in text(list(statements.values()))

    def test_images_cannot_be_replaced(self, room: Room) -> None:
        repository = room.one("AWS::ECR::Repository")
        assert repository["ImageTagMutability"] == "IMMUTABLE"
        assert repository["EncryptionConfiguration"]["EncryptionType"] == "KMS"


class TestRoomsBefore:
    def test_the_key_admits_what_holds_the_rooms_data(self, made: Assembly) -> None:
        keys = made.resources("Security", "AWS::KMS::Key")
        policy = next(text(b) for key, b in keys.items() if key.startswith("Important"))
        for service in ("ec2", "elasticfilesystem", "fsx", "rds", "secretsmanager"):
            assert f'"{service}."' in policy, service
        assert "budgets.amazonaws.com" in policy
        assert "kms:GranteePrincipal" in policy

    def test_artefacts_are_in_a_bucket_of_the_lake(self, made: Assembly) -> None:
        found = [k for k in made.resources("Data", "AWS::S3::Bucket") if "HpcArtefacts" in k]
        assert len(found) == 1

    def test_nodes_may_say_that_they_are_ready_and_fetch_the_vendors_files(
        self, made: Assembly
    ) -> None:
        (endpoint,) = [
            body["Properties"]
            for body in made.resources("Network", "AWS::EC2::VPCEndpoint").values()
            if text(body["Properties"]["ServiceName"]).endswith('.s3"]]}')
        ]
        said = {s["Sid"]: text(s["Resource"]) for s in endpoint["PolicyDocument"]["Statement"]}
        assert "-aws-parallelcluster/*" in said["ReadWhatAwsServes"]
        assert "cloudformation-waitcondition-" in said["TellCloudFormation"]


def test_alarms_tell_and_come_back(room: Room) -> None:
    alarms = room.of("AWS::CloudWatch::Alarm")
    assert len(alarms) == 7
    for body in alarms.values():
        assert body["Properties"]["AlarmActions"] == body["Properties"]["OKActions"]


def test_every_queue_is_on_the_dashboard(room: Room, config: EnvironmentConfig) -> None:
    shown = text(plain(room.one("AWS::CloudWatch::Dashboard")["DashboardBody"]))
    for queue in config.hpc.clusters[0].queues:
        assert queue.name in shown


def test_no_resource_refers_to_what_is_not_there(room: Room) -> None:
    known = {*room.resources, *_parameters(room)}
    for key, body in room.resources.items():
        missing = {n for n in named(body) if not n.startswith("AWS::")} - known
        assert not missing, key


def _parameters(room: Room) -> set[str]:
    return {name for body in room.resources.values() for name in named(body) if "reference" in name}


def test_every_reason_is_in_the_file(made: Assembly) -> None:
    allowed: set[str] = set(external.allowed())
    rooms: dict[str, Any] = made.rooms
    stacks: list[Body] = [
        body["Properties"]
        for template in rooms.values()
        for body in template["Resources"].values()
        if body["Type"] == "AWS::CloudFormation::Stack"
    ]
    outside = {external.address(each["TemplateURL"]) for each in stacks} & allowed
    assert outside == allowed, "an address of external.toml that nobody uses"
