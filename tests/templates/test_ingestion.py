"""What the ingestion room promises, read from its template."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from infra.config import AccountConfig, load, path_of
from infra.ingestion.api_policy import resource_policy
from tests.conftest import Assembly

ROOM = "Ingestion"
FUNCTIONS = ("receive", "deidentify")


def function(assembly: Assembly, module: str) -> dict[str, Any]:
    return assembly.resource(
        ROOM, "AWS::Lambda::Function", Handler=f"infra.ingestion.runtime.{module}.handler"
    )


def statements(assembly: Assembly, module: str) -> dict[str, dict[str, Any]]:
    """The statements of a function's only policy, by Sid."""
    role = function(assembly, module)["Role"]["Fn::GetAtt"][0]
    policies = [
        policy["Properties"]
        for kind in ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy")
        for policy in assembly.resources(ROOM, kind).values()
        if {"Ref": role} in policy["Properties"]["Roles"]
    ]
    assert len(policies) == 1
    return {one["Sid"]: one for one in policies[0]["PolicyDocument"]["Statement"]}


def key_parameter(name: str) -> Callable[[Any], bool]:
    return lambda value: f"{name}Key" in json.dumps(value)


confidential, important, log_key = map(key_parameter, ("Confidential", "Important", "Logs"))


def test_every_method_asks_for_a_signature(every: Assembly) -> None:
    methods = every.resources(ROOM, "AWS::ApiGateway::Method")
    assert {method["Properties"]["HttpMethod"] for method in methods.values()} == {"POST"}
    assert {method["Properties"]["AuthorizationType"] for method in methods.values()} == {"AWS_IAM"}


def test_the_content_type_is_required(every: Assembly) -> None:
    method = every.resource(ROOM, "AWS::ApiGateway::Method")
    parameters = method["RequestParameters"]
    assert [name for name, required in parameters.items() if required] == [
        "method.request.header.Content-Type"
    ]
    validator = every.resource(ROOM, "AWS::ApiGateway::RequestValidator")
    assert validator["ValidateRequestParameters"] is True


def test_the_api_speaks_tls_1_3_and_passes_bytes(every: Assembly) -> None:
    api = every.resource(ROOM, "AWS::ApiGateway::RestApi")
    assert api["SecurityPolicy"].startswith("SecurityPolicy_TLS13_1_3")
    assert api["EndpointAccessMode"] == "STRICT"
    assert api["EndpointConfiguration"]["Types"] == ["REGIONAL"]
    assert api["BinaryMediaTypes"] == ["*/*"]


def test_outsiders_are_denied(every: Assembly) -> None:
    policy = every.resource(ROOM, "AWS::ApiGateway::RestApi")["Policy"]["Statement"]
    assert [one["Effect"] for one in policy] == ["Deny"]
    assert policy[0]["Condition"] == {
        "StringNotEquals": {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}}
    }


def test_sister_accounts_are_admitted_when_there_is_an_organisation() -> None:
    config = load(path_of("dev"))
    organisation = config.model_copy(
        update={"account": AccountConfig(organization_id="o-0123456789")}
    )
    deny, allow = resource_policy(organisation).to_json()["Statement"]
    assert deny["Condition"] == {"StringNotEquals": {"aws:PrincipalOrgID": "o-0123456789"}}
    assert allow["Effect"] == "Allow"
    assert allow["Condition"]["StringEquals"] == {"aws:PrincipalOrgID": "o-0123456789"}
    # In the own account an allowance here would do instead of an identity policy.
    assert "aws:PrincipalAccount" in allow["Condition"]["StringNotEquals"]


def test_the_stage_is_logged_traced_and_throttled_as_configured(every: Assembly) -> None:
    stage = every.resource(ROOM, "AWS::ApiGateway::Stage")
    settings = stage["MethodSettings"][0]
    wanted = load(path_of(every.environment)).ingestion
    assert stage["StageName"] == "v1"
    assert stage["TracingEnabled"] is True
    assert settings["DataTraceEnabled"] is False
    assert settings["LoggingLevel"] == "ERROR"
    assert settings["ThrottlingRateLimit"] == wanted.requests_per_second
    assert settings["ThrottlingBurstLimit"] == wanted.burst


def test_the_access_log_is_json_without_address_headers_or_path(every: Assembly) -> None:
    text = every.resource(ROOM, "AWS::ApiGateway::Stage")["AccessLogSetting"]["Format"]
    fields = json.loads(text)
    assert {"status", "caller", "request_id"} <= set(fields)
    for leaking in ("sourceIp", "userAgent", "$context.path", "queryString", "header", 'user"'):
        assert leaking not in text


def test_the_firewall_stands_before_the_stage(every: Assembly) -> None:
    association = every.resource(ROOM, "AWS::WAFv2::WebACLAssociation")
    stages = every.resources(ROOM, "AWS::ApiGateway::Stage")
    assert next(iter(stages)) in json.dumps(association["ResourceArn"])
    acl = every.resource(ROOM, "AWS::WAFv2::WebACL")
    assert not any(rule["VisibilityConfig"]["SampledRequestsEnabled"] for rule in acl["Rules"])


def test_the_firewall_lets_bundles_pass(every: Assembly) -> None:
    """The common rule set blocks bodies over 8 KB and XHTML, which every Bundle has."""
    acl = every.resource(ROOM, "AWS::WAFv2::WebACL")
    common = next(r for r in acl["Rules"] if r["Name"] == "AWSManagedRulesCommonRuleSet")
    overrides = common["Statement"]["ManagedRuleGroupStatement"]["RuleActionOverrides"]
    counted = {one["Name"] for one in overrides if "Count" in one["ActionToUse"]}
    assert {"SizeRestrictions_BODY", "CrossSiteScripting_BODY"} <= counted


def test_the_firewall_log_keeps_no_signature(every: Assembly) -> None:
    logging = every.resource(ROOM, "AWS::WAFv2::LoggingConfiguration")
    redacted = {field["SingleHeader"]["Name"] for field in logging["RedactedFields"]}
    assert redacted == {"authorization", "x-amz-security-token"}


def test_the_stream_is_on_demand_and_kept_as_configured(every: Assembly) -> None:
    stream = every.resource(ROOM, "AWS::Kinesis::Stream")
    assert stream["StreamModeDetails"] == {"StreamMode": "ON_DEMAND"}
    assert stream["RetentionPeriodHours"] == (
        load(path_of(every.environment)).ingestion.stream_retention_hours
    )
    assert confidential(stream["StreamEncryption"]["KeyId"])


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("AWS::DynamoDB::Table", "SSESpecification"),
        ("AWS::SQS::Queue", "KmsMasterKeyId"),
        ("AWS::SecretsManager::Secret", "KmsKeyId"),
    ],
)
def test_what_may_hold_patient_data_has_the_confidential_key(
    every: Assembly, kind: str, key: str
) -> None:
    assert confidential(every.resource(ROOM, kind)[key])


def test_bus_and_archive_have_a_customer_key(every: Assembly) -> None:
    bus = every.resource(ROOM, "AWS::Events::EventBus")
    archive = every.resource(ROOM, "AWS::Events::Archive")
    assert important(bus["KmsKeyIdentifier"])
    assert important(archive["KmsKeyIdentifier"])
    assert archive["RetentionDays"] == load(path_of(every.environment)).ingestion.archive_days


def test_every_log_group_is_encrypted_and_ends(every: Assembly) -> None:
    groups = every.resources(ROOM, "AWS::Logs::LogGroup")
    assert len(groups) == 5
    wanted = load(path_of(every.environment)).logs
    for group in groups.values():
        assert log_key(group["Properties"]["KmsKeyId"])
        assert group["Properties"]["RetentionInDays"] in (
            wanted.retention_days,
            wanted.audit_retention_days,
        )


def test_a_batch_is_tried_a_bounded_number_of_times_and_then_kept(every: Assembly) -> None:
    mapping = every.resource(ROOM, "AWS::Lambda::EventSourceMapping")
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["BisectBatchOnFunctionError"] is True
    assert 0 < mapping["MaximumRetryAttempts"] <= 100
    assert mapping["MaximumRecordAgeInSeconds"] <= 24 * 3600
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    queues = every.resources(ROOM, "AWS::SQS::Queue")
    destination = mapping["DestinationConfig"]["OnFailure"]["Destination"]
    assert destination == {"Fn::GetAtt": [next(iter(queues)), "Arn"]}


@pytest.mark.parametrize("module", FUNCTIONS)
def test_functions_are_private_traced_and_bounded(every: Assembly, module: str) -> None:
    properties = function(every, module)
    wanted = load(path_of(every.environment)).functions
    assert properties["Runtime"] == f"python{wanted.python}"
    assert properties["Architectures"] == [wanted.architecture]
    assert "ApplicationSubnet" in json.dumps(properties["VpcConfig"]["SubnetIds"])
    assert "SecurityGroupsApplication" in json.dumps(properties["VpcConfig"]["SecurityGroupIds"])
    assert properties["TracingConfig"] == {"Mode": "Active"}
    assert properties["ReservedConcurrentExecutions"] >= 10
    assert confidential(properties["KmsKeyArn"])


@pytest.mark.parametrize("module", FUNCTIONS)
def test_roles_name_what_they_allow(every: Assembly, module: str) -> None:
    for sid, statement in statements(every, module).items():
        actions = statement["Action"]
        listed = actions if isinstance(actions, list) else [actions]
        assert not any("*" in action for action in listed), sid
        if statement["Effect"] == "Allow" and statement["Resource"] == "*":
            assert sid in {"VpcLists", "Traces"}


def test_the_receive_function_reads_no_record(every: Assembly) -> None:
    allowed = json.dumps(list(statements(every, "receive").values()))
    for action in ("s3:GetObject", "kinesis:GetRecords", "secretsmanager:GetSecretValue"):
        assert action not in allowed


def test_only_the_deidentify_function_reads_the_pseudonym_key(every: Assembly) -> None:
    secrets = every.resources(ROOM, "AWS::SecretsManager::Secret")
    readers = [
        name
        for name, policy in every.resources(ROOM, "AWS::IAM::ManagedPolicy").items()
        if "secretsmanager:" in json.dumps(policy)
    ]
    assert len(readers) == 1
    assert readers[0].startswith("Deidentify")
    statement = statements(every, "deidentify")["PseudonymKey"]
    assert statement["Action"] == "secretsmanager:GetSecretValue"
    assert statement["Resource"] == {"Ref": next(iter(secrets))}


def test_the_deidentify_function_cannot_change_raw_objects(every: Assembly) -> None:
    for sid, statement in statements(every, "deidentify").items():
        actions = statement["Action"]
        writes = {"s3:PutObject", "s3:DeleteObject"} & set(
            actions if isinstance(actions, list) else [actions]
        )
        assert not (writes and "DataConfidential" in json.dumps(statement["Resource"])), sid


@pytest.mark.parametrize("module", FUNCTIONS)
def test_code_in_a_function_cannot_touch_the_network(every: Assembly, module: str) -> None:
    found = statements(every, module)
    denied = found["VpcNotFromCode"]
    assert denied["Effect"] == "Deny"
    assert "lambda:SourceFunctionArn" in denied["Condition"]["ArnLike"]
    assert set(found["VpcInterfaces"]["Action"]) <= set(denied["Action"])


def test_the_pseudonym_key_is_made_by_secrets_manager(every: Assembly) -> None:
    secret = every.resource(ROOM, "AWS::SecretsManager::Secret")
    assert "SecretString" not in secret
    assert secret["GenerateSecretString"]["PasswordLength"] == 64


def test_production_keeps_the_pseudonym_key_when_the_stack_goes(
    assembly: Callable[[str], Assembly],
) -> None:
    kept = {
        environment: next(
            iter(assembly(environment).resources(ROOM, "AWS::SecretsManager::Secret").values())
        )["DeletionPolicy"]
        for environment in ("dev", "production")
    }
    assert kept == {"dev": "Delete", "production": "Retain"}


def test_repeated_uploads_are_forgotten_after_a_day(every: Assembly) -> None:
    table = every.resource(ROOM, "AWS::DynamoDB::Table")
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expiration", "Enabled": True}
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


def test_the_code_asset_is_the_runtime_folder_only(every: Assembly) -> None:
    key = function(every, "receive")["Code"]["S3Key"].removesuffix(".zip")
    files = [
        file.relative_to(every.outdir / f"asset.{key}").as_posix()
        for file in (every.outdir / f"asset.{key}").rglob("*")
        if file.is_file()
    ]
    assert "infra/ingestion/runtime/receive.py" in files
    assert [
        file
        for file in files
        if not file.startswith("infra/ingestion/runtime/") and not file.endswith("/__init__.py")
    ] == []
    assert not any("__pycache__" in file for file in files)


def test_people_are_told_of_lost_batches_and_of_a_stream_that_is_behind(every: Assembly) -> None:
    alarms = {
        alarm["Properties"]["MetricName"]: alarm["Properties"]
        for alarm in every.resources(ROOM, "AWS::CloudWatch::Alarm").values()
    }
    [topic] = every.resources(ROOM, "AWS::SNS::Topic").items()
    assert {one["AlarmActions"][0]["Ref"] for one in alarms.values()} == {topic[0]}
    assert topic[1]["Properties"]["Subscription"][0]["Endpoint"] == "operations@iryo.example"
    assert important(topic[1]["Properties"]["KmsMasterKeyId"])

    lost = alarms["ApproximateNumberOfMessagesVisible"]
    [queue] = every.resources(ROOM, "AWS::SQS::Queue")
    assert lost["Dimensions"][0]["Value"] == {"Fn::GetAtt": [queue, "QueueName"]}
    assert (lost["Threshold"], lost["ComparisonOperator"]) == (0, "GreaterThanThreshold")

    behind = alarms["GetRecords.IteratorAgeMilliseconds"]
    [stream] = every.resources(ROOM, "AWS::Kinesis::Stream")
    assert behind["Dimensions"][0]["Value"] == {"Ref": stream}
    assert behind["Threshold"] == 15 * 60 * 1000
