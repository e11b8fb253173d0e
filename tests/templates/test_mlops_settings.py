"""What the settings of the MLOps room make that no environment has on."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from infra.config import AccountConfig, EnvironmentConfig, MlopsConfig, load, path_of
from infra.data.stack import DataOutputs
from infra.network.flows import POSTGRESQL, Tier, flows
from infra.network.security_groups import Group, _training
from infra.network.stack import NetworkOutputs
from infra.security.stack import SecurityOutputs
from mlops.room.airflow import Airflow
from mlops.room.alerts import Alerts
from mlops.room.endpoint import Endpoint
from mlops.room.images import StepImages
from mlops.room.job_roles import JobRoles
from mlops.room.kubeflow import Kubeflow
from mlops.room.mlflow import Mlflow
from mlops.room.model_monitor import ModelMonitor
from mlops.room.names import Names
from mlops.room.offline import OfflineScoring
from mlops.room.pipelines import clinical_settings
from mlops.room.registry import Registry
from mlops.room.room import Room
from mlops.room.sharing import HearRegistry, TellAccounts
from mlops.room.studio import Studio
from mlops.room.studio_roles import StudioRoles

ARN = "arn:aws:{}:ap-northeast-1:111122223333:{}"
ORGANISATION = {"organization_id": "o-0123456789", "region": "ap-northeast-1"}


def changed(**tables: Any) -> EnvironmentConfig:
    """Staging of an organisation, with keys of [mlops.<table>], or of [mlops] itself, changed."""
    config = load(path_of("staging"))
    mlops = config.mlops.model_dump()
    for name, keys in tables.items():
        mlops[name] = {**mlops[name], **keys} if isinstance(keys, dict) else keys
    return config.model_copy(
        update={
            "account": AccountConfig.model_validate(ORGANISATION),
            "mlops": MlopsConfig.model_validate(mlops),
        }
    )


class Place:
    """A stack with the rooms before this one as imports."""

    def __init__(self, config: EnvironmentConfig) -> None:
        self.stack = cdk.Stack(
            cdk.App(analytics_reporting=False, builtin_cloud_formation_validation=False), "Stack"
        )
        self.room = Room(
            config=config,
            security=SecurityOutputs(
                **{
                    f"{name}_key": self.key(name)
                    for name in ("confidential", "important", "general", "log")
                }
            ),
            network=self.network(),
            data=DataOutputs(
                **{
                    name: s3.Bucket.from_bucket_name(self.stack, f"{name}-bucket", name)
                    for name in ("confidential", "important", "general", "quarantine")
                },
                access_logs=s3.Bucket.from_bucket_name(self.stack, "logs-bucket", "logs"),
            ),
            names=Names.of(config),
            packages=lambda_.LayerVersion.from_layer_version_arn(
                self.stack, "Layer", ARN.format("lambda", "layer:x:1")
            ),
            failures=sqs.Queue.from_queue_arn(
                self.stack, "Failures", ARN.format("sqs", "failures")
            ),
            bus=events.EventBus.from_event_bus_name(self.stack, "Bus", "bus"),
            topic=sns.Topic.from_topic_arn(self.stack, "Topic", ARN.format("sns", "topic")),
        )
        self.role = iam.Role.from_role_arn(self.stack, "Role", "arn:aws:iam::111122223333:role/one")

    def key(self, name: str) -> kms.IKey:
        return kms.Key.from_key_arn(self.stack, f"{name}-key", ARN.format("kms", f"key/{name}"))

    def network(self) -> NetworkOutputs:
        subnets = tuple(
            ec2.Subnet.from_subnet_id(self.stack, f"Subnet{n}", f"subnet-{n}") for n in (1, 2)
        )
        groups = {
            f"{name}_sg": ec2.SecurityGroup.from_security_group_id(
                self.stack, f"Sg{name}", f"sg-{name}"
            )
            for name in ("application", "ml", "database", "data_storage", "endpoints")
        }
        vpc = ec2.Vpc.from_vpc_attributes(
            self.stack, "Vpc", vpc_id="vpc-1", availability_zones=["a", "c"]
        )
        return NetworkOutputs(
            vpc=vpc,
            public_subnets=subnets,
            application_subnets=subnets,
            data_subnets=subnets,
            hpc_subnets=(),
            hpc_sg=None,
            **groups,
        )

    def guards(self) -> tuple[cloudwatch.Alarm, ...]:
        metric = cloudwatch.Metric(namespace="n", metric_name="m")
        return (
            cloudwatch.Alarm(self.stack, "Guard", metric=metric, threshold=1, evaluation_periods=1),
        )

    def resources(self, kind: str) -> list[dict[str, Any]]:
        found = assertions.Template.from_stack(self.stack).find_resources(kind)
        return [resource["Properties"] for resource in found.values()]

    def resource(self, kind: str) -> dict[str, Any]:
        (found,) = self.resources(kind)
        return found


def endpoint_of(**keys: Any) -> Place:
    place = Place(changed(endpoint={"managed_by": "template", "version": 3, **keys}))
    Endpoint(place.stack, "Endpoint", room=place.room, role=place.role, guards=place.guards())
    return place


def test_a_challenger_takes_its_share_and_a_shadow_copies() -> None:
    place = endpoint_of(challenger=4, challenger_percent=20, shadow=5, shadow_percent=50)
    config = place.resource("AWS::SageMaker::EndpointConfig")
    shares = {v["VariantName"]: v["InitialVariantWeight"] for v in config["ProductionVariants"]}
    assert shares == {"primary": 0.8, "challenger": 0.2}
    (shadow,) = config["ShadowProductionVariants"]
    assert (shadow["VariantName"], shadow["InitialVariantWeight"]) == ("shadow", 0.5)
    packages = [
        model["Containers"][0]["ModelPackageName"]
        for model in place.resources("AWS::SageMaker::Model")
    ]
    assert sorted(json.dumps(one).rpartition("/")[2][0] for one in packages) == ["3", "4", "5"]


def test_models_are_isolated_in_the_vpc() -> None:
    model = endpoint_of().resource("AWS::SageMaker::Model")
    assert model["EnableNetworkIsolation"] is True
    assert model["VpcConfig"] == {
        "SecurityGroupIds": ["sg-ml"],
        "Subnets": ["subnet-1", "subnet-2"],
    }


def test_captures_and_volumes_are_confidential() -> None:
    place = endpoint_of(capture_percent=50)
    config = place.resource("AWS::SageMaker::EndpointConfig")
    capture = config["DataCaptureConfig"]
    key = ARN.format("kms", "key/confidential")
    assert config["KmsKeyId"] == capture["KmsKeyId"] == key
    assert capture["DestinationS3Uri"] == "s3://confidential/capture"
    assert (capture["EnableCapture"], capture["InitialSamplingPercentage"]) == (True, 50)


@pytest.mark.parametrize(
    ("routing", "kind", "size"),
    [
        ("canary", "CANARY", "CanarySize"),
        ("linear", "LINEAR", "LinearStepSize"),
        ("all_at_once", "ALL_AT_ONCE", None),
    ],
)
def test_updates_are_guarded(routing: str, kind: str, size: str | None) -> None:
    place = endpoint_of(routing=routing, step_percent=25, bake_minutes=5)
    endpoint = place.resource("AWS::SageMaker::Endpoint")
    guarded = endpoint["DeploymentConfig"]
    traffic = guarded["BlueGreenUpdatePolicy"]["TrafficRoutingConfiguration"]
    assert (traffic["Type"], traffic["WaitIntervalInSeconds"]) == (kind, 300)
    sizes = {name: value for name, value in traffic.items() if name.endswith("Size")}
    assert sizes == ({size: {"Type": "CAPACITY_PERCENT", "Value": 25}} if size else {})
    assert len(guarded["AutoRollbackConfiguration"]["Alarms"]) == 1
    tags = {tag["Key"]: tag["Value"] for tag in endpoint["Tags"]}
    assert tags["model-version"] == "3"
    assert tags["expected-config"] == endpoint["EndpointConfigName"]


def test_a_changed_setting_makes_another_configuration() -> None:
    names = {
        endpoint_of(**keys).resource("AWS::SageMaker::EndpointConfig")["EndpointConfigName"]
        for keys in ({}, {}, {"capture_percent": 50})
    }
    assert len(names) == 2


def test_an_instance_that_encrypts_its_own_disks_gets_no_key() -> None:
    config = endpoint_of(instance="ml.g5.xlarge").resource("AWS::SageMaker::EndpointConfig")
    assert "KmsKeyId" not in config
    assert config["DataCaptureConfig"]["KmsKeyId"]


def test_scaling_keeps_to_its_bounds() -> None:
    place = endpoint_of(instances=2, most_instances=6, requests_an_instance=1000)
    target = place.resource("AWS::ApplicationAutoScaling::ScalableTarget")
    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 6)
    assert target["ResourceId"] == "endpoint/iryo-staging-breast-cancer/variant/primary"
    policy = place.resource("AWS::ApplicationAutoScaling::ScalingPolicy")
    assert policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 1000
    assert endpoint_of().resources("AWS::ApplicationAutoScaling::ScalableTarget") == []


def test_a_serverless_endpoint_has_what_aws_gives_it() -> None:
    place = endpoint_of(kind="serverless", memory_mb=1024, concurrency=7)
    config = place.resource("AWS::SageMaker::EndpointConfig")
    (variant,) = config["ProductionVariants"]
    assert variant["ServerlessConfig"] == {"MaxConcurrency": 7, "MemorySizeInMB": 1024}
    assert "InstanceType" not in variant and "DataCaptureConfig" not in config
    assert "VpcConfig" not in place.resource("AWS::SageMaker::Model")
    assert "DeploymentConfig" not in place.resource("AWS::SageMaker::Endpoint")


def test_asynchronous_answers_are_confidential() -> None:
    config = endpoint_of(kind="async").resource("AWS::SageMaker::EndpointConfig")
    output = config["AsyncInferenceConfig"]["OutputConfig"]
    assert output["KmsKeyId"] == ARN.format("kms", "key/confidential")
    assert output["S3OutputPath"] == "s3://confidential/async/answers"


def test_model_monitor_runs_isolated_in_the_vpc() -> None:
    place = endpoint_of(
        model_monitor_baseline="s3://x/baseline", model_monitor_quality="s3://x/evaluation"
    )
    endpoint = place.stack.node.find_child("Endpoint")
    assert isinstance(endpoint, Endpoint)
    ModelMonitor(
        place.stack, "Monitor", room=place.room, role=place.role, endpoint=endpoint.resource
    )
    for kind in ("DataQualityJobDefinition", "ModelQualityJobDefinition"):
        found = place.resource(f"AWS::SageMaker::{kind}")
        network = found["NetworkConfig"]
        assert network["EnableNetworkIsolation"] is True
        assert network["EnableInterContainerTrafficEncryption"] is True
        assert network["VpcConfig"]["Subnets"] == ["subnet-1", "subnet-2"]
        cluster = found["JobResources"]["ClusterConfig"]
        assert cluster["VolumeKmsKeyId"] == ARN.format("kms", "key/confidential")
    assert len(place.resources("AWS::SageMaker::MonitoringSchedule")) == 2


def test_slack_shows_alarms_and_can_do_nothing() -> None:
    config = changed(alerts={"slack_workspace": "T0123456789", "slack_channel": "C0123456789"})
    place = Place(config)
    Alerts(place.stack, "Alerts", config=config, key=place.room.security.important_key)
    slack = place.resource("AWS::Chatbot::SlackChannelConfiguration")
    assert slack["SlackWorkspaceId"] == "T0123456789"
    assert len(slack["GuardrailPolicies"]) == 1
    policy = place.resource("AWS::IAM::ManagedPolicy")["PolicyDocument"]["Statement"]
    assert [statement["Action"] for statement in policy] == ["cloudwatch:DescribeAlarms"]


def test_pagerduty_s_key_stands_in_no_template() -> None:
    config = changed(alerts={"pagerduty_secret": "iryo/pagerduty"})
    place = Place(config)
    Alerts(place.stack, "Alerts", config=config, key=place.room.security.important_key)
    endpoints = [one["Endpoint"] for one in place.resources("AWS::SNS::Subscription")]
    assert "{{resolve:secretsmanager:iryo/pagerduty:SecretString:::}}" in endpoints
    assert config.contacts.operations in endpoints


SHARED = {"accounts": ("444455556666",)}
REGISTRY = {
    "registry": "777788889999",
    "registry_group": "iryo-dev-breast-cancer",
    "registry_bucket": "iryo-dev-important",
    "registry_key": "arn:aws:kms:ap-northeast-1:777788889999:key/k",
}


def test_accounts_that_deploy_from_here_may_look_and_pull_and_no_more() -> None:
    place = Place(changed(release=SHARED))
    Registry(place.stack, "Registry", room=place.room)
    StepImages(place.stack, "Images", room=place.room)
    TellAccounts(place.stack, "Tell", room=place.room)
    policies = (
        place.resource("AWS::SageMaker::ModelPackageGroup")["ModelPackageGroupPolicy"],
        place.resource("AWS::ECR::Repository")["RepositoryPolicyText"],
    )
    for policy in policies:
        (statement,) = policy["Statement"]
        assert statement["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": "o-0123456789"}}
        assert "444455556666" in json.dumps(statement["Principal"])
        verbs = {action.split(":")[1] for action in statement["Action"]}
        assert not any(verb.startswith(("Create", "Update", "Put", "Delete")) for verb in verbs)
    (target,) = place.resource("AWS::Events::Rule")["Targets"]
    assert "444455556666:event-bus/default" in json.dumps(target["Arn"])


def test_the_registry_s_account_puts_approvals_on_the_bus_and_no_more() -> None:
    place = Place(changed(release=REGISTRY))
    HearRegistry(place.stack, "Hear", room=place.room)
    statement = place.resource("AWS::Events::EventBusPolicy")["Statement"]
    assert "777788889999" in json.dumps(statement["Principal"])
    assert statement["Condition"]["StringEquals"]["events:source"] == "aws.sagemaker"


def test_the_endpoint_reads_models_of_the_registry_s_account() -> None:
    place = Place(changed(release=REGISTRY))
    JobRoles(place.stack, "Roles", room=place.room)
    policies = json.dumps(place.resources("AWS::IAM::ManagedPolicy"))
    assert "s3:::iryo-dev-important/pipelines/*" in policies
    assert REGISTRY["registry_key"] in policies


def test_files_are_scored_by_the_step_image() -> None:
    place = Place(changed(offline={"version": 3, "largest_mb": 2}))
    OfflineScoring(place.stack, "Offline", room=place.room, image="registry/steps:1")
    function = place.resource("AWS::Lambda::Function")
    assert function["Code"] == {"ImageUri": "registry/steps:1"}
    assert function["ImageConfig"]["Command"] == ["mlops.steps.score.handler"]
    assert function["Environment"]["Variables"]["LARGEST_BYTES"] == str(2 * 1024 * 1024)
    job = place.resource("AWS::Batch::JobDefinition")["ContainerProperties"]
    assert (job["Image"], job["Command"]) == ("registry/steps:1", ["score"])
    assert job["NetworkConfiguration"] == {"AssignPublicIp": "DISABLED"}
    pattern = place.resource("AWS::Events::Rule")["EventPattern"]
    assert pattern["detail"]["object"]["key"] == [{"prefix": "scoring/in/"}]


def test_lambda_pulls_images_for_functions_of_this_account_only() -> None:
    place = Place(changed(offline={"version": 3}))
    StepImages(place.stack, "Images", room=place.room)
    (statement,) = place.resource("AWS::ECR::Repository")["RepositoryPolicyText"]["Statement"]
    assert statement["Principal"] == {"Service": "lambda.amazonaws.com"}
    assert "function:*" in json.dumps(statement["Condition"]["ArnLike"]["aws:SourceArn"])


def test_airflow_is_private_and_trains_on_nothing_confidential() -> None:
    place = Place(changed(airflow={"enabled": True}))
    roles = JobRoles(place.stack, "Roles", room=place.room)
    Airflow(place.stack, "Airflow", room=place.room, roles=roles)
    environment = place.resource("AWS::MWAA::Environment")
    assert environment["WebserverAccessMode"] == "PRIVATE_ONLY"
    assert environment["KmsKey"] == ARN.format("kms", "key/important")
    assert environment["LoggingConfiguration"]["TaskLogs"]["Enabled"] is True
    (policy,) = (
        one
        for one in place.resources("AWS::IAM::ManagedPolicy")
        if "airflow:PublishMetrics" in json.dumps(one)
    )
    sids = {statement["Sid"]: statement for statement in policy["PolicyDocument"]["Statement"]}
    assert sids["NothingConfidential"]["Effect"] == "Deny"


def test_kubeflow_s_pods_start_protected_jobs_and_read_no_records() -> None:
    place = Place(changed(kubeflow={"cluster": "one"}))
    roles = JobRoles(place.stack, "Roles", room=place.room)
    Kubeflow(place.stack, "Kubeflow", room=place.room, roles=roles, cluster="one")
    association = place.resource("AWS::EKS::PodIdentityAssociation")
    given = (association["ClusterName"], association["Namespace"], association["ServiceAccount"])
    assert given == ("one", "kubeflow", "pipeline-runner")
    (role,) = (
        one
        for one in place.resources("AWS::IAM::Role")
        if "pods.eks.amazonaws.com" in json.dumps(one)
    )
    condition = role["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]["StringEquals"]
    assert condition["aws:RequestTag/kubernetes-service-account"] == "pipeline-runner"
    (policy,) = (
        one for one in place.resources("AWS::IAM::ManagedPolicy") if "Kubeflow" in str(one)
    )
    sids = {one["Sid"]: one for one in policy["PolicyDocument"]["Statement"]}
    assert sids["NothingConfidential"]["Effect"] == "Deny"
    assert sids["InTheVpc"]["Effect"] == "Deny"
    assert "TrainingData" not in sids


def test_airflow_s_database_is_reached_across_zones_only_when_there_is_one() -> None:
    def open_to(wanted: bool) -> bool:
        return any(
            POSTGRESQL in flow.ports
            for flow in flows(nat=True, hpc=False, airflow=wanted)
            if flow.source is flow.target is Tier.APPLICATION
        )

    assert open_to(True) and not open_to(False)


def test_studio_users_are_those_of_identity_center() -> None:
    studio = {
        "enabled": True,
        "auth": "sso",
        "data_scientists": ("a-sato",),
        "ml_engineers": ("b",),
    }
    place = Place(changed(studio=studio))
    people = StudioRoles(place.stack, "People", room=place.room, jobs=place.role)
    Studio(place.stack, "Studio", room=place.room, people=people)
    profiles = {p["UserProfileName"]: p for p in place.resources("AWS::SageMaker::UserProfile")}
    assert profiles["a-sato"]["SingleSignOnUserValue"] == "a-sato"
    roles = {json.dumps(p["UserSettings"]["ExecutionRole"]) for p in profiles.values()}
    assert len(roles) == 2


def test_mlflow_registers_nothing_by_itself() -> None:
    place = Place(changed(mlflow="app"))
    Mlflow(place.stack, "Mlflow", room=place.room)
    app = place.resource("AWS::SageMaker::MlflowApp")
    assert app["ModelRegistrationMode"] == "AutoModelRegistrationDisabled"
    assert app["ArtifactStoreUri"] == "s3://important/mlflow"


def test_the_tracking_server_is_a_setting() -> None:
    place = Place(changed(mlflow="server", mlflow_server_size="Medium"))
    Mlflow(place.stack, "Mlflow", room=place.room)
    server = place.resource("AWS::SageMaker::MlflowTrackingServer")
    assert server["TrackingServerSize"] == "Medium"
    assert server["AutomaticModelRegistration"] is False


def test_instances_of_one_job_share_a_subnet_and_may_talk() -> None:
    config = changed(training={"instances": 2, "distribution": "torchrun"})
    place = Place(config)
    roles = JobRoles(place.stack, "Roles", room=place.room)
    settings = clinical_settings(place.room, roles=roles, image="i", feature_group=None)
    assert settings.subnets == ("subnet-1",)
    (permission,) = _training(config)
    assert (permission.source, permission.target) == (Group.ML, Group.ML)
    assert not any(ports.first <= 3389 <= ports.last for ports in permission.ports)
    assert _training(changed()) == ()
