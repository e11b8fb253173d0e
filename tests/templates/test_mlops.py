"""What the MLOps room promises, read from its template."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.assets import layer_path
from infra.config import load, path_of
from mlops.pipeline_definition import check
from mlops.pipeline_definition.deployed import definitions
from mlops.pipeline_definition.safeguards import DATA_CLASSES
from tests.conftest import Assembly
from tests.templates.conftest import Program
from tests.templates.policies import plain

ROOM = "Mlops"
MODULES = ("deploy", "verify", "retrain", "watch")


@pytest.fixture(scope="module")
def room(assembly: Callable[[str], Assembly]) -> Assembly:
    return assembly("production")


def key(name: str) -> Callable[[Any], bool]:
    return lambda value: f"{name}Key" in json.dumps(value)


confidential, important, log_key = map(key, ("Confidential", "Important", "Logs"))


def policies(room: Assembly) -> dict[str, list[dict[str, Any]]]:
    """Statements of each managed policy, by the start of its logical id."""
    return {
        name: policy["Properties"]["PolicyDocument"]["Statement"]
        for name, policy in room.resources(ROOM, "AWS::IAM::ManagedPolicy").items()
    }


def policy_of(room: Assembly, start: str) -> list[dict[str, Any]]:
    found = [value for name, value in policies(room).items() if name.startswith(start)]
    assert len(found) == 1, f"{start}: {len(found)} of {sorted(policies(room))}"
    return found[0]


def many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def granted(statements: list[dict[str, Any]], bucket: str) -> set[str]:
    """Actions that are allowed on objects of a bucket."""
    return {
        action
        for statement in statements
        if statement["Effect"] == "Allow"
        and f"Data{bucket}Bucket" in json.dumps(statement["Resource"])
        for action in many(statement["Action"])
        if action.startswith("s3:")
    }


def definition(room: Assembly, name: str) -> dict[str, Any]:
    """A pipeline's definition as it stands in the template."""
    return definitions(room.outdir)[name]


def jobs(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "Arguments" in value and "Type" in value:
            yield value
        for item in value.values():
            yield from jobs(item)
    elif isinstance(value, list):
        for item in value:
            yield from jobs(item)


def test_the_room_is_off_where_its_switch_is(assembly: Callable[[str], Assembly]) -> None:
    assert ROOM not in assembly("dev").rooms
    assert ROOM in assembly("staging").rooms


def test_every_definition_in_the_template_passes_the_check(room: Assembly) -> None:
    for name in ("clinical", "clinical-drift", "clinical-quality", "scoring"):
        found = definition(room, f"iryo-production-{name}")
        assert found["Version"] == "2020-12-01"
        assert [str(problem) for problem in check(found)] == []


def test_the_definition_is_that_of_the_laptop(room: Assembly) -> None:
    from mlops.pipeline_definition import clinical_pipeline, example_settings

    here = clinical_pipeline(example_settings(feature_group="x")).to_definition()
    there = definition(room, "iryo-production-clinical")
    assert [step["Name"] for step in there["Steps"]] == [step["Name"] for step in here["Steps"]]
    assert there["Parameters"][1:] == here["Parameters"][1:]


def test_training_is_under_the_important_key_and_class(room: Assembly) -> None:
    found = [
        step
        for step in jobs(definition(room, "iryo-production-clinical")["Steps"])
        if step["Type"] in ("Processing", "Training")
    ]
    assert len(found) == 7
    for step in found:
        text = json.dumps(step["Arguments"])
        assert "ConfidentialKey" not in text and "ImportantKey" in text
        tags = {tag["Key"]: tag["Value"] for tag in step["Arguments"]["Tags"]}
        assert tags["data-class"] in DATA_CLASSES
        assert {"project", "environment", "cost-center", "owner"} <= tags.keys()


def test_the_drift_check_is_confidential_and_runs_as_another(room: Assembly) -> None:
    drift = next(jobs(definition(room, "iryo-production-clinical-drift")["Steps"]))
    train = next(jobs(definition(room, "iryo-production-clinical")["Steps"]))
    text = json.dumps(drift["Arguments"])
    assert "ConfidentialKey" in text and "ImportantKey" not in text
    assert drift["Arguments"]["RoleArn"] != train["Arguments"]["RoleArn"]
    tags = {tag["Key"]: tag["Value"] for tag in drift["Arguments"]["Tags"]}
    assert (tags["data-class"], tags["purpose"]) == ("confidential", "monitoring")


@pytest.mark.parametrize("start", ["RolesJobs", "StudioRolesData", "ApproverPolicy"])
def test_nobody_who_trains_or_approves_reads_confidential_data(room: Assembly, start: str) -> None:
    statements = policy_of(room, start)
    for bucket in ("Confidential", "Quarantine"):
        assert granted(statements, bucket) == set()
    denial = [s for s in statements if s["Effect"] == "Deny"]
    denied = json.dumps([s["Resource"] for s in denial])
    assert "DataConfidentialBucket" in denied and "DataQuarantineBucket" in denied


def test_training_reads_records_and_writes_artefacts_only(room: Assembly) -> None:
    statements = policy_of(room, "RolesJobs")
    assert granted(statements, "General") == {
        "s3:GetObject",
        "s3:GetBucketLocation",
        "s3:ListBucket",
    }
    written = [
        resource
        for statement in statements
        if "s3:PutObject" in many(statement["Action"])
        for resource in many(statement["Resource"])
    ]
    assert sorted(plain(one).rpartition("}")[2] for one in written) == [
        "/pipelines/*",
        "/scoring/*",
    ]


def test_the_pipeline_starts_jobs_and_reads_no_records(room: Assembly) -> None:
    statements = policy_of(room, "RolesPipeline")
    assert granted(statements, "Important") == {"s3:GetObject"}
    reads = [s for s in statements if "s3:GetObject" in many(s["Action"])]
    assert all("source=" not in json.dumps(s["Resource"]) for s in reads)
    passed = [s for s in statements if "iam:PassRole" in many(s["Action"])]
    for statement in passed:
        assert statement["Condition"] == {
            "StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}
        }


def test_only_the_approver_may_approve(room: Assembly) -> None:
    allowed = {
        name
        for name, statements in policies(room).items()
        for statement in statements
        if statement["Effect"] == "Allow"
        and "sagemaker:UpdateModelPackage" in many(statement["Action"])
    }
    assert {name[:14] for name in allowed} == {"ApproverPolicy"}
    makes = {action for s in policy_of(room, "ApproverPolicy") for action in many(s["Action"])}
    assert not any(action.startswith("sagemaker:Create") for action in makes)
    (denial,) = (s for s in policy_of(room, "StudioRolesTools") if s["Effect"] == "Deny")
    assert denial["Action"] == "sagemaker:UpdateModelPackage"


def test_an_approver_is_a_member_of_the_permission_set(room: Assembly) -> None:
    trusts = [
        role["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
        for name, role in room.resources(ROOM, "AWS::IAM::Role").items()
        if name.startswith("ApproverRole")
    ]
    (condition,) = (trust["Condition"]["ArnLike"] for trust in trusts)
    assert plain(condition["aws:PrincipalArn"]).endswith("/*AWSReservedSSO_IryoModelApprover_*")


def test_people_run_protected_jobs_only(room: Assembly) -> None:
    denied = {s["Sid"]: s for s in policy_of(room, "StudioRolesJobs") if s["Effect"] == "Deny"}
    assert denied["InTheVpc"]["Condition"] == {"Null": {"sagemaker:VpcSubnets": "true"}}
    assert important(denied["OwnKeyOnOutputs"]["Condition"])
    assert "sagemaker:CreateTrainingJob" in denied["Isolated"]["Action"]


def test_no_policy_is_longer_than_iam_takes(room: Assembly) -> None:
    """6,144 characters without white space, measured with references at a likely length."""
    for name, statements in policies(room).items():
        text = json.dumps(plain(statements), separators=(",", ":"))
        assert len(text) < 6144, f"{name}: {len(text)}"


def test_studio_is_in_the_vpc_encrypted_and_idles_out(room: Assembly) -> None:
    domain = room.resource(ROOM, "AWS::SageMaker::Domain")
    assert domain["AppNetworkAccessType"] == "VpcOnly"
    assert important(domain["KmsKeyId"])
    assert domain["HomeEfsFileSystemCreation"] == "Disabled"
    user = domain["DefaultUserSettings"]
    for app in ("JupyterLabAppSettings", "CodeEditorAppSettings"):
        idle = user[app]["AppLifecycleManagement"]["IdleSettings"]
        assert idle["LifecycleManagement"] == "ENABLED"
        assert idle["IdleTimeoutInMinutes"] == idle["MaxIdleTimeoutInMinutes"] == 60
    assert user["SharingSettings"] == {"NotebookOutputOption": "Disabled"}
    assert domain["DomainSettings"]["ExecutionRoleIdentityConfig"] == "USER_PROFILE_NAME"


def test_features_lie_in_the_lake_as_iceberg_under_our_key(room: Assembly) -> None:
    group = room.resource(ROOM, "AWS::SageMaker::FeatureGroup")
    offline = group["OfflineStoreConfig"]
    assert offline["TableFormat"] == "Iceberg"
    assert important(offline["S3StorageConfig"]["KmsKeyId"])
    assert group["OnlineStoreConfig"]["EnableOnlineStore"] is True
    assert important(group["OnlineStoreConfig"]["SecurityConfig"])
    assert len(group["FeatureDefinitions"]) == 33
    kinds = {f["FeatureName"]: f["FeatureType"] for f in group["FeatureDefinitions"]}
    assert (kinds["sample"], kinds["mean_radius"]) == ("String", "Fractional")


def test_the_features_step_writes_to_that_group_and_says_why_it_calls_aws(room: Assembly) -> None:
    steps = {s["Name"]: s for s in jobs(definition(room, "iryo-production-clinical")["Steps"])}
    features = steps["Features"]["Arguments"]
    group = room.resource(ROOM, "AWS::SageMaker::FeatureGroup")["FeatureGroupName"]
    assert features["Environment"]["FEATURE_GROUP"] == group
    assert features["NetworkConfig"]["EnableNetworkIsolation"] is False
    assert {"Key": "network-isolation", "Value": "feature-store"} in features["Tags"]
    others = [s for s in steps.values() if s["Type"] == "Processing" and s["Name"] != "Features"]
    assert all(s["Arguments"]["NetworkConfig"]["EnableNetworkIsolation"] for s in others)


def test_images_are_private_immutable_and_encrypted(room: Assembly) -> None:
    repository = room.resource(ROOM, "AWS::ECR::Repository")
    assert repository["ImageTagMutability"] == "IMMUTABLE"
    assert important(repository["EncryptionConfiguration"])
    assert repository["ImageScanningConfiguration"] == {"ScanOnPush": True}
    assert "RepositoryPolicyText" not in repository


def test_the_topic_is_encrypted_and_hears_this_account_only(room: Assembly) -> None:
    assert important(room.resource(ROOM, "AWS::SNS::Topic")["KmsMasterKeyId"])
    (policy,) = room.resources(ROOM, "AWS::SNS::TopicPolicy").values()
    allowed = [
        s for s in policy["Properties"]["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"
    ]
    assert [s["Condition"] for s in allowed] == [
        {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    ]


def test_the_key_lets_alarms_and_sagemaker_use_it(
    room: Assembly, assembly: Callable[[str], Assembly]
) -> None:
    def statements(environment: Assembly) -> str:
        (found,) = (
            resource["Properties"]["KeyPolicy"]["Statement"]
            for name, resource in environment.resources("Security", "AWS::KMS::Key").items()
            if name.startswith("Important")
        )
        return json.dumps(plain(found))

    assert "cloudwatch.amazonaws.com" in statements(room)
    assert "sagemaker.ap-northeast-1.amazonaws.com" in statements(room)
    assert "sagemaker" not in statements(assembly("dev"))


def test_every_alarm_tells_the_topic(room: Assembly) -> None:
    alarms = room.resources(ROOM, "AWS::CloudWatch::Alarm")
    assert len(alarms) == 6
    for alarm in alarms.values():
        assert "AlertsTopic" in json.dumps(alarm["Properties"]["AlarmActions"])
        assert alarm["Properties"]["TreatMissingData"] == "notBreaching"


def environment_of(room: Assembly, module: str) -> dict[str, Any]:
    function = room.resource(
        ROOM, "AWS::Lambda::Function", Handler=f"mlops.runtime.{module}.handler"
    )
    found: dict[str, Any] = function["Environment"]["Variables"]
    return found


def test_an_approved_version_starts_the_deployment(room: Assembly) -> None:
    rules = {
        json.dumps(rule["Properties"]["EventPattern"]): rule["Properties"]["Targets"]
        for rule in room.resources(ROOM, "AWS::Events::Rule").values()
    }
    (targets,) = (value for text, value in rules.items() if "Model Package State Change" in text)
    assert "ReleaseDeploy" in json.dumps(targets)
    given = environment_of(room, "deploy")
    assert given["STAGE_NAME"] == "Production"
    assert (given["ROUTING"], given["STEP_PERCENT"], given["BAKE_SECONDS"]) == (
        "CANARY",
        "10",
        "600",
    )
    assert confidential(given["KMS_KEY"])
    assert plain(given["CAPTURE_URI"]).endswith("/capture")
    assert json.dumps(given["ALARMS"]).count("AlarmsEndpoint") == 2
    assert "data-class=confidential" in given["TAGS"]


def test_deployment_touches_its_own_endpoint_and_versions(room: Assembly) -> None:
    statements = {s["Sid"]: s for s in policy_of(room, "ReleaseDeploy")}
    for resource in statements["Deploy"]["Resource"]:
        assert ":iryo-production-breast-cancer" in plain(resource).replace("/", ":")
    assert plain(statements["Versions"]["Resource"]).endswith(
        "model-package/iryo-production-breast-cancer/*"
    )


def test_what_approval_deploys_may_scale_and_nothing_else(room: Assembly) -> None:
    given = environment_of(room, "verify")
    assert (given["INSTANCE_COUNT"], given["MOST_INSTANCES"]) == ("2", "4")
    statements = {s["Sid"]: s for s in policy_of(room, "ReleaseVerify")}
    assert statements["Scaling"]["Condition"] == {
        "StringEquals": {"application-autoscaling:service-namespace": "sagemaker"}
    }
    assert "iryo-production-breast-cancer" in plain(statements["ScalingEndpoint"]["Resource"])
    assert '"sagemaker:UpdateEndpoint"' not in json.dumps(statements)


def test_drift_starts_training_with_limits(room: Assembly) -> None:
    given = environment_of(room, "retrain")
    assert (given["COOL_DOWN_HOURS"], given["MOST_RUNS"], given["PERIOD_DAYS"]) == ("24", "4", "30")
    rule = next(
        rule["Properties"]
        for rule in room.resources(ROOM, "AWS::Events::Rule").values()
        if "CloudWatch Alarm State Change" in json.dumps(rule)
    )
    assert "AlarmsDrift" in json.dumps(rule["EventPattern"]["resources"])
    assert "AlarmsQuality" in json.dumps(rule["EventPattern"]["resources"])
    assert "=iryo-production-clinical-drift," in json.dumps(given["CHECKS"])
    assert "DeadLetterConfig" in rule["Targets"][0]


def test_the_checks_run_by_themselves(room: Assembly) -> None:
    schedules = {
        json.loads(one["Properties"]["Target"]["Input"])["check"]: one["Properties"]
        for one in room.resources(ROOM, "AWS::Scheduler::Schedule").values()
    }
    assert {check: one["ScheduleExpression"] for check, one in schedules.items()} == {
        "drift": "cron(0 10 * * ? *)",
        "quality": "cron(0 10 1 * ? *)",
    }
    for schedule in schedules.values():
        assert schedule["ScheduleExpressionTimezone"] == "Asia/Tokyo"
        assert "DeadLetterConfig" in schedule["Target"]


@pytest.mark.parametrize("module", MODULES)
def test_functions_are_private_and_encrypted(room: Assembly, module: str) -> None:
    function = room.resource(
        ROOM, "AWS::Lambda::Function", Handler=f"mlops.runtime.{module}.handler"
    )
    assert function["VpcConfig"]["SubnetIds"]
    assert important(function["KmsKeyArn"])
    assert function["ReservedConcurrentExecutions"] in (1, 2)
    assert "FailuresQueue" in json.dumps(function["DeadLetterConfig"])


@pytest.mark.parametrize("module", MODULES)
def test_the_asset_holds_all_that_a_function_imports(room: Assembly, module: str) -> None:
    manifest = json.loads((room.outdir / f"iryo-{room.environment}.assets.json").read_text())
    folders = [
        room.outdir / file["source"]["path"]
        for file in manifest["files"].values()
        if file["source"]["packaging"] == "zip"
    ]
    (code,) = (one for one in folders if (one / "mlops" / "runtime").is_dir())
    layer = layer_path("local") / "python"
    boto3 = Path(pytest.importorskip("boto3").__file__).parents[1]
    program = f"import sys; sys.path.append({str(boto3)!r}); import mlops.runtime.{module}"
    result = subprocess.run(
        [sys.executable, "-S", "-c", program],
        env={**os.environ, "PYTHONPATH": f"{code}{os.pathsep}{layer}"},
        cwd=code,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert not (code / "mlops" / "pipeline_definition").exists()


def test_log_groups_of_sagemaker_are_ours(room: Assembly) -> None:
    groups = {
        group["Properties"]["LogGroupName"]: group["Properties"]
        for group in room.resources(ROOM, "AWS::Logs::LogGroup").values()
        if "LogGroupName" in group["Properties"]
    }
    assert set(groups) == {
        "/aws/sagemaker/ProcessingJobs",
        "/aws/sagemaker/TrainingJobs",
        "/aws/sagemaker/TransformJobs",
        "/aws/sagemaker/studio",
        "/aws/sagemaker/Endpoints/iryo-production-breast-cancer",
    }
    days = load(path_of("production")).logs.retention_days
    for group in groups.values():
        assert log_key(group["KmsKeyId"])
        assert group["RetentionInDays"] == days


def test_everything_dear_is_off_or_small(every: Assembly) -> None:
    if ROOM not in every.rooms:
        return
    for kind in (
        "Endpoint",
        "EndpointConfig",
        "Model",
        "MlflowApp",
        "MlflowTrackingServer",
        "MonitoringSchedule",
    ):
        assert every.resources(ROOM, f"AWS::SageMaker::{kind}") == {}
    assert every.resources(ROOM, "AWS::MWAA::Environment") == {}
    assert len(every.rooms[ROOM]["Resources"]) < 100


def test_a_wrong_definition_ends_synthesis_with_a_sentence(
    program: Program, tmp_path: Path
) -> None:
    text = path_of("staging").read_text()
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(f'{text}\n[mlops.training]\nprocessing_instance = "ml.m99.large"\n')
    code, said = program(str(wrong))
    assert code == 2
    assert "iryo-staging-clinical: step Validate:" in said
    assert "ml.m99.large" in said
