"""The runtime's calls of AWS, against an emulated one."""

import io
import json
import urllib.error
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from hpc.runtime import handler, requests
from hpc.runtime.control import ClusterControl
from hpc.runtime.journal import Accepted, BusyError, TableJournal
from hpc.runtime.requests import Answer, Request, send
from tests.hpc.runtime_world import World, event

REGION = "ap-northeast-1"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        yield


def table(name: str) -> Any:
    client = boto3.client("dynamodb")
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "Id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "Id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return client


@pytest.mark.usefixtures("aws")
def test_the_journal_leases_keeps_and_gives_back() -> None:
    journal = TableJournal(table("journal"), "journal")
    first = journal.open("r", owner="a", now=100.0, lease=60)
    assert (first.started, first.step, first.answer) == (100.0, 0, None)
    with pytest.raises(BusyError):
        journal.open("r", owner="b", now=120.0, lease=60)
    first.step, first.data["k"] = 2, "v"
    first.answer = Answer(True, "reason", {"a": "b"})
    journal.save("r", first)
    assert journal.open("r", owner="a", now=130.0, lease=60).step == 2
    journal.release("r", owner="b")
    with pytest.raises(BusyError):
        journal.open("r", owner="b", now=140.0, lease=60)
    journal.release("r", owner="a")
    again = journal.open("r", owner="b", now=150.0, lease=60)
    assert again == first
    assert journal.open("r", owner="c", now=300.0, lease=60).started == 100.0


@pytest.mark.usefixtures("aws")
def test_the_journal_remembers_what_was_let_through() -> None:
    journal = TableJournal(table("journal"), "journal")
    assert journal.accepted("research") is None
    journal.accept("research", Accepted("now", "before", {"Region": REGION}))
    assert journal.accepted("research") == Accepted("now", "before", {"Region": REGION})


def control() -> ClusterControl:
    return ClusterControl(
        "research",
        dynamodb=boto3.client("dynamodb"),
        ec2=boto3.client("ec2"),
        ssm=boto3.client("ssm"),
    )


@pytest.mark.usefixtures("aws")
def test_a_cluster_that_is_not_there() -> None:
    assert control().fleet() is None
    assert control().head_node() is None
    assert control().start("drain.sh") is None


@pytest.mark.usefixtures("aws")
def test_the_fleet_is_asked_for_only_instead_of_what_was_seen() -> None:
    client = table("parallelcluster-research")
    status = {"status": {"S": "RUNNING"}, "lastStatusUpdatedTime": {"S": "2026-01-01"}}
    item = {"Id": {"S": "COMPUTE_FLEET"}, "Data": {"M": status}}
    client.put_item(TableName="parallelcluster-research", Item=item)
    control().request_fleet("STOP_REQUESTED", instead_of="STARTING")
    assert control().fleet() == "RUNNING"
    control().request_fleet("STOP_REQUESTED", instead_of="RUNNING")
    assert control().fleet() == "STOP_REQUESTED"


@pytest.mark.usefixtures("aws")
def test_scripts_go_to_the_head_node_of_this_cluster() -> None:
    ec2 = boto3.client("ec2")
    for cluster, kind in (("other", "HeadNode"), ("research", "Compute"), ("research", "HeadNode")):
        tags = [
            {"Key": "parallelcluster:cluster-name", "Value": cluster},
            {"Key": "parallelcluster:node-type", "Value": kind},
        ]
        made = ec2.run_instances(
            ImageId="ami-12345678",
            MinCount=1,
            MaxCount=1,
            TagSpecifications=[{"ResourceType": "instance", "Tags": tags}],
        )["Instances"][0]["InstanceId"]
    assert control().head_node() == made
    command = control().start("resume.sh")
    assert command is not None and command.instance == made
    assert control().output(command) is not None


def answered(monkeypatch: pytest.MonkeyPatch, error: Exception | None) -> list[Any]:
    sent: list[Any] = []

    def urlopen(request: Any, timeout: float) -> Any:
        sent.append(request)
        if error:
            raise error
        return io.BytesIO()

    monkeypatch.setattr(requests.urllib.request, "urlopen", urlopen)
    return sent


def test_an_answer_as_cloudformation_takes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = answered(monkeypatch, None)
    request = Request.of(event("Create", Fingerprint="first"))
    assert send(request, Answer(False, "x" * 5000, {"a": "b"}))
    body = json.loads(sent[0].data)
    assert (body["Status"], body["PhysicalResourceId"]) == ("FAILED", "ClusterGate-research")
    assert (body["Data"], len(sent[0].data) < 4096) == ({"a": "b"}, True)
    assert sent[0].get_method() == "PUT"


@pytest.mark.parametrize("code", [403, 404])
def test_an_expired_address_is_no_error(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    gone = urllib.error.HTTPError("u", code, "gone", {}, None)  # type: ignore[arg-type]
    answered(monkeypatch, gone)
    assert not send(Request.of(event("Create")), Answer(True))


def test_an_answer_that_did_not_arrive_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    answered(monkeypatch, urllib.error.HTTPError("u", 503, "slow", {}, None))  # type: ignore[arg-type]
    with pytest.raises(urllib.error.HTTPError):
        send(Request.of(event("Create")), Answer(True))


class Context:
    """What Lambda tells a function of its invocation."""

    aws_request_id = "invocation"

    def __init__(self, world: World) -> None:
        self._world, self._ends = world, world.now + 300

    def get_remaining_time_in_millis(self) -> float:
        return (self._ends - self._world.now) * 1000


@pytest.mark.parametrize("stuck", [False, True])
def test_a_rolled_back_stack_gets_its_nodes_back(
    monkeypatch: pytest.MonkeyPatch, stuck: bool
) -> None:
    world = World(fleet="PROTECTED" if stuck else "STOPPED")
    world.queues = "DOWN"
    monkeypatch.setenv("JOURNAL_TABLE", "journal")
    monkeypatch.setattr(handler, "_clients", lambda: {"dynamodb": None})
    monkeypatch.setattr(handler, "_control", lambda _: world)
    monkeypatch.setattr(handler.time, "sleep", world.sleep)
    if stuck:
        monkeypatch.setattr(world, "request_fleet", lambda *_, **__: None)
        with pytest.raises(TimeoutError):
            handler.resume({"ClusterName": "research"}, Context(world))
        return
    handler.resume({"ClusterName": "research"}, Context(world))
    assert (world.fleet(), world.queues) == ("RUNNING", "UP")


def test_a_function_goes_on_in_the_next_invocation(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: dict[str, Any] = {}

    class Functions:
        def invoke(self, **given: Any) -> None:
            sent.update(given)

    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "custom-resources")
    monkeypatch.setattr(handler, "_clients", lambda: {"lambda": Functions()})
    request = event("Update", Fingerprint="second")
    handler._again(Request.of(request))
    assert json.loads(sent["Payload"]) == request
    assert (sent["FunctionName"], sent["InvocationType"]) == ("custom-resources", "Event")


def test_a_resource_of_another_function_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler, "_clients", dict)
    with pytest.raises(LookupError, match="Custom::Other is not a resource of this function"):
        handler._plan(Request.of(event("Create", "Custom::Other")))
