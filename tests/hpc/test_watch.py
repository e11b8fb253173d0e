"""Queues become metrics, and over the budget no new Spot or GPU node starts."""

from typing import Any

import boto3
import pytest
from moto import mock_aws

from hpc.runtime import spending, watch
from hpc.runtime.control import Command, NotRunError, _commands
from hpc.runtime.watch import Queue, ask, cluster_metrics, hold_batch, hold_pcs, read

CLUSTER = {
    "name": "research",
    "queues": [{"name": "spot", "limited": True, "usd": 1.2}, {"name": "mpi", "limited": False}],
}


class Head:
    """A head node that answers after some questions, or not at all."""

    def __init__(self, printed: str = "", *, after: int = 1, there: bool = True) -> None:
        self.printed, self.after, self.there = printed, after, there
        self.given: dict[str, str] = {}

    def start(self, script: str, **variables: str) -> Command | None:
        assert script == "queues.sh"
        self.given = variables
        return Command("c", "i") if self.there else None

    def output(self, _: Command) -> str | None:
        self.after -= 1
        if self.printed == "fails":
            raise NotRunError("the head node's script ended as Failed")
        return self.printed if self.after < 0 else None


def asked(head: Head, *, stop: bool = False) -> list[Queue] | None:
    return ask(head, CLUSTER, stop=stop, sleep=lambda _: None)  # type: ignore[arg-type]


def test_a_queue_a_line_is_read_and_anything_else_passed_over() -> None:
    assert asked(Head("spot 1 2 0 3\nsome warning\nmpi 0 0 1 0")) == [
        Queue("spot", 1, 2, 0, 3),
        Queue("mpi", 0, 0, 1, 0),
    ]
    assert list(read("")) == []


@pytest.mark.parametrize("head", [Head(there=False), Head("fails"), Head("spot", after=1000)])
def test_a_head_node_that_does_not_tell_is_a_metric_too(head: Head) -> None:
    queues = asked(head)
    assert queues is None
    (only,) = cluster_metrics(CLUSTER, queues)
    assert (only["MetricName"], only["Value"]) == ("HeadNodeAnswers", 0.0)


def test_only_limited_queues_are_named_to_the_head_node() -> None:
    head = Head("")
    asked(head, stop=True)
    assert head.given == {"LIMITED": "spot", "STOPPED": "1"}
    asked(head)
    assert head.given["STOPPED"] == "0"


def test_a_queue_has_its_numbers_hours_and_cost_where_a_price_is_known() -> None:
    metrics = cluster_metrics(CLUSTER, [Queue("spot", 1, 2, 0, 3), Queue("mpi", 0, 4, 1, 0)])

    def value(name: str, **wanted: str) -> list[float]:
        return [
            metric["Value"]
            for metric in metrics
            if metric["MetricName"] == name
            and {each["Name"]: each["Value"] for each in metric["Dimensions"]} == wanted
        ]

    assert value("NodeHours", Cluster="research", Queue="spot") == [pytest.approx(3 * 5 / 60)]
    assert value("Cost", Cluster="research", Queue="spot") == [pytest.approx(3 * 5 / 60 * 1.2)]
    assert value("Cost", Cluster="research", Queue="mpi") == []
    assert value("WaitingJobs", Cluster="research") == [3.0]
    assert value("BrokenNodes", Cluster="research") == [1.0]
    assert value("HeadNodeAnswers", Cluster="research") == [1.0]


def test_variables_stand_behind_the_line_that_names_the_shell() -> None:
    lines = _commands("queues.sh", {"LIMITED": "a b; rm -rf /", "STOPPED": "1"}).splitlines()
    assert lines[0] == "#!/bin/bash"
    assert lines[1:3] == ["export LIMITED='a b; rm -rf /'", "export STOPPED=1"]


class Batch:
    def __init__(self, state: str, status: str = "VALID") -> None:
        self.environments = [{"computeEnvironmentName": "spot", "state": state, "status": status}]
        self.updates: list[dict[str, str]] = []

    def describe_compute_environments(self, *, computeEnvironments: list[str]) -> dict[str, Any]:  # noqa: N803
        assert computeEnvironments == ["spot"]
        return {"computeEnvironments": self.environments}

    def update_compute_environment(self, **given: str) -> None:
        self.updates.append(given)


@pytest.mark.parametrize(
    ("state", "status", "stop", "wanted"),
    [
        ("ENABLED", "VALID", True, ["DISABLED"]),
        ("DISABLED", "VALID", True, []),
        ("DISABLED", "VALID", False, ["ENABLED"]),
        ("ENABLED", "VALID", False, []),
        ("ENABLED", "UPDATING", True, []),
    ],
)
def test_compute_environments_follow_the_budget(
    state: str, status: str, stop: bool, wanted: list[str]
) -> None:
    batch = Batch(state, status)
    hold_batch(batch, ["spot"], stop=stop)
    assert [update["state"] for update in batch.updates] == wanted
    hold_batch(None, [], stop=stop)


class Pcs:
    def __init__(self, most: int, status: str = "ACTIVE") -> None:
        self.found = {"scalingConfiguration": {"maxInstanceCount": most}, "status": status}
        self.updates: list[int] = []

    def get_compute_node_group(self, **_: str) -> dict[str, Any]:
        return {"computeNodeGroup": self.found}

    def update_compute_node_group(self, *, scalingConfiguration: dict[str, int], **_: str) -> None:  # noqa: N803
        self.updates.append(scalingConfiguration["maxInstanceCount"])


@pytest.mark.parametrize(
    ("most", "status", "stop", "wanted"),
    [
        (8, "ACTIVE", True, [1]),
        (1, "ACTIVE", False, [8]),
        (8, "ACTIVE", False, []),
        (8, "UPDATING", True, []),
    ],
)
def test_node_groups_follow_the_budget(
    most: int, status: str, stop: bool, wanted: list[int]
) -> None:
    pcs = Pcs(most, status)
    hold_pcs(pcs, [{"cluster": "c", "group": "g", "least": 1, "most": 8}], stop=stop)
    assert pcs.updates == wanted


@pytest.fixture
def journal(monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-northeast-1")
    monkeypatch.setenv("JOURNAL_TABLE", "journal")
    with mock_aws():
        client = boto3.client("dynamodb")
        client.create_table(
            TableName="journal",
            KeySchema=[{"AttributeName": "Id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "Id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        spending._table.cache_clear()
        yield client
        spending._table.cache_clear()


def test_a_notification_stops_and_the_new_month_opens(journal: Any) -> None:
    assert not spending.stopped(journal, "journal")
    spending.handler({"Records": [{"Sns": {"Message": "over"}}]}, None)
    assert spending.stopped(journal, "journal")
    spending.handler({"Spending": "open"}, None)
    assert not spending.stopped(journal, "journal")


def test_an_event_of_neither_kind_changes_nothing(journal: Any) -> None:
    with pytest.raises(ValueError, match="a notification or"):
        spending.handler({"Spending": "closed"}, None)
    assert not spending.stopped(journal, "journal")


class Everything(Batch):
    """All clients at once, for one run of the whole function."""

    def __init__(self, journal: Any) -> None:
        super().__init__("ENABLED")
        self.journal, self.kept = journal, []  # type: ignore[var-annotated]

    def put_metric_data(self, *, Namespace: str, MetricData: list[Any]) -> None:  # noqa: N803
        assert Namespace == "Iryo/Hpc"
        self.kept += MetricData

    def get_paginator(self, _: str) -> "Everything":
        return self

    def paginate(self, **_: str) -> list[dict[str, Any]]:
        return [{"jobSummaryList": [1, 2]}, {"jobSummaryList": [3]}]

    def describe_instances(self, **_: Any) -> dict[str, Any]:
        return {"Reservations": []}


def test_one_run_of_the_function(journal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = Everything(journal)
    clients = dict.fromkeys(("ec2", "ssm", "cloudwatch", "batch", "pcs"), everything)
    monkeypatch.setattr(watch, "_clients", lambda: {**clients, "dynamodb": journal})
    monkeypatch.setenv(
        "WATCHED",
        '{"clusters": [{"name": "research", "queues": []}], "batch_queues": ["q"], '
        '"batch_limited": ["spot"], "pcs_limited": []}',
    )
    spending.handler({"Records": [{}]}, None)
    watch.handler({}, None)
    values = {metric["MetricName"]: metric["Value"] for metric in everything.kept}
    assert values == {"SpendingStopped": 1.0, "WaitingJobs": 3.0, "HeadNodeAnswers": 0.0}
    assert everything.updates == [{"computeEnvironment": "spot", "state": "DISABLED"}]
