"""The security room: who may do what with which key."""

import json
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from infra.config import load, path_of
from tests.conftest import Assembly
from tests.templates.policies import (
    ACCOUNT,
    OTHER_ACCOUNT,
    OTHER_ROLE,
    REGION,
    ROLE,
    Request,
    decide,
)

SERVICES = {
    "confidential": {"s3", "kinesis", "sqs", "secretsmanager", "dynamodb", "lambda", "sagemaker"},
    "important": {
        *("s3", "sqs", "dynamodb", "lambda", "sagemaker", "ecr", "scheduler"),
        # Clusters' disks, files, accounting, passwords and images.
        *("ec2", "elasticfilesystem", "fsx", "rds", "secretsmanager", "sns"),
    },
    "general": {"s3", "ecr"},
    "logs": {"s3"},
    "cluster": {"eks", "ec2", "aps"},
}
"""Of production, which has every room."""
DATA_CLASS = {"logs": "important", "cluster": "confidential"}
ALL_SERVICES = sorted({*set().union(*SERVICES.values()), "logs", "events", "redshift"})
TRAIL = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/iryo-production"
BUS = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/records"
LOG_GROUP = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:receive"

Ask = Callable[..., str]


def keys_of(assembly: Assembly) -> dict[str, dict[str, Any]]:
    """The keys by the last part of their alias."""
    keys = assembly.resources("Security", "AWS::KMS::Key")
    return {
        alias["Properties"]["AliasName"].split("/")[-1]: keys[
            alias["Properties"]["TargetKeyId"]["Fn::GetAtt"][0]
        ]
        for alias in assembly.resources("Security", "AWS::KMS::Alias").values()
    }


@pytest.fixture
def ask(assembly: Callable[[str], Assembly]) -> Ask:
    """Ask the policy of production's key of a class."""
    keys = keys_of(assembly("production"))

    def answer(purpose: str, principal: str, action: str, **context: str) -> str:
        named = {name.replace("__", ":"): value for name, value in context.items()}
        return decide(
            keys[purpose]["Properties"]["KeyPolicy"],
            Request(principal=principal, action=action, context=named),
        )

    return answer


def through(service: str, account: str = ACCOUNT) -> dict[str, str]:
    return {
        "kms__CallerAccount": account,
        "kms__ViaService": f"{service}.{REGION}.amazonaws.com",
    }


def purposes(assembly: Assembly) -> set[str]:
    """The keys of an environment: one a data class, one for logs, and one for Kubernetes."""
    kubernetes = load(path_of(assembly.environment)).rooms.eks
    return set(SERVICES) if kubernetes else set(SERVICES) - {"cluster"}


def test_a_key_for_each_class_and_one_for_logs(every: Assembly) -> None:
    assert set(keys_of(every)) == purposes(every)
    assert len(every.resources("Security", "AWS::KMS::Key")) == len(purposes(every))


def test_a_room_that_is_off_opens_no_key(assembly: Callable[[str], Assembly]) -> None:
    used = json.dumps([key["Properties"] for key in keys_of(assembly("dev")).values()])
    for service in ("sagemaker", "ecr", "ec2", "rds", "eks", "fsx"):
        assert f'"{service}.' not in used


def test_keys_rotate_yearly_and_can_be_rescued(every: Assembly) -> None:
    config = load(path_of(every.environment)).data
    for key in keys_of(every).values():
        properties = key["Properties"]
        assert properties["EnableKeyRotation"] is True
        assert properties["RotationPeriodInDays"] == 365
        assert properties["PendingWindowInDays"] == config.key_deletion_days
        wanted = {"retain": "Retain", "destroy": "Delete"}[config.removal]
        assert key["DeletionPolicy"] == key["UpdateReplacePolicy"] == wanted


def test_aliases_say_environment_and_class(every: Assembly) -> None:
    aliases = every.resources("Security", "AWS::KMS::Alias").values()
    assert {alias["Properties"]["AliasName"] for alias in aliases} == {
        f"alias/iryo-{every.environment}/{purpose}" for purpose in purposes(every)
    }


def test_keys_are_tagged_with_their_class(every: Assembly) -> None:
    for purpose, key in keys_of(every).items():
        wanted = DATA_CLASS.get(purpose, purpose)
        assert {"Key": "data-class", "Value": wanted} in key["Properties"]["Tags"]


def test_no_policy_names_everyone_or_every_action(every: Assembly) -> None:
    for key in keys_of(every).values():
        for statement in key["Properties"]["KeyPolicy"]["Statement"]:
            assert statement["Principal"] not in ("*", {"AWS": "*"})
            actions = statement["Action"]
            for action in actions if isinstance(actions, list) else [actions]:
                assert action in ("kms:ReEncrypt*", "kms:GenerateDataKey*") or "*" not in action


@pytest.mark.parametrize("purpose", SERVICES)
def test_administrators_manage_but_do_not_use(ask: Ask, purpose: str) -> None:
    caller = {"kms__CallerAccount": ACCOUNT}
    for action in ("kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"):
        assert ask(purpose, ROLE, action, **caller) == "allow"
        assert ask(purpose, OTHER_ROLE, action, **caller) == "silent"
    for action in ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:CreateGrant"):
        assert ask(purpose, ROLE, action, **caller) == "silent"


@pytest.mark.parametrize(("purpose", "service"), [*product(SERVICES, ALL_SERVICES)])
def test_a_key_is_used_through_the_services_of_its_class(
    ask: Ask, purpose: str, service: str
) -> None:
    wanted = "allow" if service in SERVICES[purpose] else "silent"
    for action in ("kms:Decrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"):
        assert ask(purpose, ROLE, action, **through(service)) == wanted


@pytest.mark.parametrize("purpose", SERVICES)
def test_another_account_is_not_admitted(ask: Ask, purpose: str) -> None:
    service = min(SERVICES[purpose])
    assert ask(purpose, ROLE, "kms:Decrypt", **through(service)) == "allow"
    assert ask(purpose, OTHER_ROLE, "kms:Decrypt", **through(service)) == "silent"
    assert ask(purpose, OTHER_ROLE, "kms:Decrypt", **through(service, OTHER_ACCOUNT)) == "silent"
    assert ask(purpose, ROLE, "kms:Decrypt", **through(service, OTHER_ACCOUNT)) == "silent"


def test_another_region_is_not_admitted(ask: Ask) -> None:
    context = {"kms__CallerAccount": ACCOUNT, "kms__ViaService": "s3.us-east-1.amazonaws.com"}
    assert ask("confidential", ROLE, "kms:Decrypt", **context) == "silent"


def test_only_services_get_grants(ask: Ask) -> None:
    for of_service, wanted in (("true", "allow"), ("false", "silent")):
        context = through("dynamodb") | {"kms__GrantIsForAWSResource": of_service}
        assert ask("confidential", ROLE, "kms:CreateGrant", **context) == wanted


@pytest.mark.parametrize(
    ("purpose", "log_group", "wanted"),
    [
        ("logs", LOG_GROUP, "allow"),
        ("logs", LOG_GROUP.replace(ACCOUNT, OTHER_ACCOUNT), "silent"),
        ("logs", LOG_GROUP.replace(REGION, "us-east-1"), "silent"),
        ("logs", LOG_GROUP.replace("log-group", "delivery"), "silent"),
        ("confidential", LOG_GROUP, "silent"),
    ],
)
def test_log_groups_use_the_log_key(ask: Ask, purpose: str, log_group: str, wanted: str) -> None:
    service = f"logs.{REGION}.amazonaws.com"
    context = {"kms__EncryptionContext__aws__logs__arn": log_group}
    assert ask(purpose, service, "kms:GenerateDataKey", **context) == wanted
    assert ask(purpose, service, "kms:GenerateDataKey") == "silent"


@pytest.mark.parametrize(
    ("purpose", "trail", "wanted"),
    [
        ("logs", TRAIL, "allow"),
        ("logs", f"{TRAIL}-copy", "silent"),
        ("logs", TRAIL.replace(ACCOUNT, OTHER_ACCOUNT), "silent"),
        ("important", TRAIL, "silent"),
    ],
)
def test_one_trail_uses_the_log_key(ask: Ask, purpose: str, trail: str, wanted: str) -> None:
    source = {"aws__SourceArn": trail}
    context = {**source, "kms__EncryptionContext__aws__cloudtrail__arn": trail}
    assert ask(purpose, "cloudtrail.amazonaws.com", "kms:GenerateDataKey", **context) == wanted
    assert ask(purpose, "cloudtrail.amazonaws.com", "kms:DescribeKey", **source) == wanted
    assert ask(purpose, "cloudtrail.amazonaws.com", "kms:GenerateDataKey", **source) == "silent"


@pytest.mark.parametrize(
    ("purpose", "wanted"),
    [
        ("confidential", "allow"),
        ("important", "allow"),
        ("general", "silent"),
        ("logs", "silent"),
    ],
)
def test_event_buses_and_their_queues_use_the_keys_of_records(
    ask: Ask, purpose: str, wanted: str
) -> None:
    def of(bus: str) -> str:
        context = {"kms__EncryptionContext__aws__events__event-bus__arn": bus}
        return ask(purpose, "events.amazonaws.com", "kms:GenerateDataKey", **context)

    def to_queue_of(account: str) -> str:
        return ask(purpose, "events.amazonaws.com", "kms:Decrypt", aws__SourceAccount=account)

    assert of(BUS) == wanted
    assert of(BUS.replace(ACCOUNT, OTHER_ACCOUNT)) == "silent"
    assert of(BUS.replace("event-bus", "archive")) == "silent"
    assert to_queue_of(ACCOUNT) == wanted
    assert to_queue_of(OTHER_ACCOUNT) == "silent"


@pytest.fixture(scope="module")
def with_and_without_consumer(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Assembly, Assembly]:
    """The two rooms alone, and beside a room that uses everything they offer."""

    def synthesised(name: str, *, consumer: bool) -> Assembly:
        import aws_cdk as cdk

        from infra.data.stack import DataStack
        from infra.security.stack import SecurityStack

        config = load(path_of("dev"))
        outdir: Path = tmp_path_factory.mktemp(name)
        app = cdk.App(
            outdir=str(outdir), analytics_reporting=False, builtin_cloud_formation_validation=False
        )
        root = cdk.Stack(app, "iryo-dev")
        security = SecurityStack(root, "Security", config=config).outputs
        data = DataStack(root, "Data", config=config, security=security).outputs
        if consumer:
            consume(cdk.NestedStack(root, "Consumer"), security, data)
        app.synth()
        return Assembly(outdir, "dev")

    return synthesised("with", consumer=True), synthesised("without", consumer=False)


def consume(stack: Any, security: Any, data: Any) -> None:
    """Grant a role everything, and build what CDK likes to write into key policies for."""
    from aws_cdk import aws_events as events
    from aws_cdk import aws_events_targets as targets
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_kinesis as kinesis
    from aws_cdk import aws_logs as logs
    from aws_cdk import aws_secretsmanager as secretsmanager
    from aws_cdk import aws_sqs as sqs

    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    for bucket in (data.confidential, data.important, data.general, data.quarantine):
        bucket.grant_read_write(role)
    key = security.confidential_key
    key.grant_encrypt_decrypt(role)
    secretsmanager.Secret(stack, "Secret", encryption_key=key).grant_read(role)
    kinesis.Stream(stack, "Stream", encryption_key=key).grant_read_write(role)
    queue = sqs.Queue(stack, "Queue", encryption_master_key=key)
    queue.grant_consume_messages(role)
    rule = events.Rule(stack, "Rule", event_pattern=events.EventPattern(source=["iryo.ingestion"]))
    rule.add_target(targets.SqsQueue(queue))
    logs.LogGroup(stack, "LogGroup", encryption_key=security.log_key).grant_write(role)


def test_a_consumer_changes_no_key_and_no_bucket(
    with_and_without_consumer: tuple[Assembly, Assembly],
) -> None:
    beside_consumer, alone = with_and_without_consumer
    for room in ("Security", "Data"):
        assert beside_consumer.rooms[room]["Resources"] == alone.rooms[room]["Resources"]
        assert list(beside_consumer.rooms[room].get("Parameters", {})) == list(
            alone.rooms[room].get("Parameters", {})
        )


def test_a_consumer_gets_the_key_by_identity_policy(
    with_and_without_consumer: tuple[Assembly, Assembly],
) -> None:
    beside_consumer, _ = with_and_without_consumer
    policy = beside_consumer.resource("Consumer", "AWS::IAM::Policy")
    granted: dict[str, set[str]] = {}
    for statement in policy["PolicyDocument"]["Statement"]:
        actions = statement["Action"]
        for action in actions if isinstance(actions, list) else [actions]:
            granted.setdefault(action, set()).add(str(statement["Resource"]))
    for key in ("ConfidentialKey", "ImportantKey", "GeneralKey"):
        for action in ("kms:Decrypt", "kms:GenerateDataKey*"):
            assert any(key in resource for resource in granted[action])
