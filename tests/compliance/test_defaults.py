"""Safe defaults reach nested stacks, and give way to what a room says."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from compliance.defaults import apply_defaults
from tests.compliance.platform import TAGS
from tests.compliance.small_app import SETTINGS


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The resources of a nested stack by the start of their logical id."""
    folder = tmp_path_factory.mktemp("defaults")
    app = cdk.App(outdir=str(folder), builtin_cloud_formation_validation=False)
    apply_defaults(app, SETTINGS)
    stack = cdk.NestedStack(cdk.Stack(app, "S"), "N")
    s3.Bucket(stack, "Bucket")
    s3.Bucket(stack, "Chosen", versioned=False, enforce_ssl=False)
    sqs.Queue(stack, "Queue")
    sns.Topic(stack, "Topic")
    kms.Key(stack, "Key")
    vpc = ec2.Vpc.from_vpc_attributes(
        stack, "Vpc", vpc_id="vpc-1", availability_zones=["a"], isolated_subnet_ids=["subnet-1"]
    )
    ec2.SecurityGroup(stack, "Group", vpc=vpc)
    partition = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    dynamodb.Table(stack, "Table", partition_key=partition)
    lambda_.Function(
        stack,
        "Function",
        code=lambda_.Code.from_inline("x"),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
    )
    app.synth()
    [file] = Path(folder).glob("*.nested.template.json")
    resources = json.loads(file.read_text())["Resources"]
    return {name[:-8]: one["Properties"] for name, one in resources.items()}


def test_buckets(made: dict[str, Any]) -> None:
    assert all(made["Bucket"]["PublicAccessBlockConfiguration"].values())
    assert made["Bucket"]["VersioningConfiguration"] == {"Status": "Enabled"}
    assert "aws:SecureTransport" in json.dumps(made["BucketPolicy"]["PolicyDocument"])


def test_what_a_room_says_stays(made: dict[str, Any]) -> None:
    assert "VersioningConfiguration" not in made["Chosen"]
    assert "ChosenPolicy" not in made


def test_queues_and_topics_demand_tls(made: dict[str, Any]) -> None:
    for policy in ("QueuePolicy", "TopicPolicy"):
        assert "aws:SecureTransport" in json.dumps(made[policy]["PolicyDocument"])


def test_keys_rotate(made: dict[str, Any]) -> None:
    assert made["Key"]["EnableKeyRotation"] is True


def test_groups_let_nothing_out(made: dict[str, Any]) -> None:
    [nothing] = made["Group"]["SecurityGroupEgress"]
    assert nothing["CidrIp"] == "255.255.255.255/32"


def test_tables_can_be_restored(made: dict[str, Any]) -> None:
    recovery = made["Table"]["PointInTimeRecoverySpecification"]
    assert recovery == {"PointInTimeRecoveryEnabled": True}


def test_functions_are_traced(made: dict[str, Any]) -> None:
    assert made["Function"]["TracingConfig"] == {"Mode": "Active"}
    assert made["Function"]["LoggingConfig"]["LogFormat"] == "JSON"


def test_everything_is_tagged(made: dict[str, Any]) -> None:
    for name in ("Bucket", "Queue", "Key", "Function"):
        given = {tag["Key"]: tag["Value"] for tag in made[name]["Tags"]}
        assert TAGS.items() <= given.items()
