"""The room's pure parts: tags, what is watched, what Batch is given."""

import json
from dataclasses import replace

import pytest

from compliance.defaults import tags
from hpc.costs import Prices
from hpc.room import batch_properties
from hpc.room.dashboard import body
from hpc.room.watch import _fits
from hpc.room.watched import Watched, alarms, environment, is_limited
from hpc.tags import room_tags
from infra.config import load, path_of
from infra.config.errors import DescriptionError
from infra.config.hpc import Capacity, Cluster, Queue
from infra.config.hpc_batch import ComputeEnvironment, ComputeKind
from infra.config.hpc_checks import needed_endpoints
from tests.hpc.inputs import GOOD

FULL = load(GOOD.with_name("full.toml"))


def queue(name: str, kind: str = "c6i.4xlarge", **more: object) -> Queue:
    return Queue.model_validate({"name": name, "instance_types": [kind], "max_nodes": 2} | more)


def watched(*queues: Queue) -> Watched:
    cluster = Cluster(name="research", queues=queues)
    return Watched(clusters=(cluster,), region="ap-northeast-1", prices=Prices())


def test_everything_has_everybodys_tags_and_the_rooms() -> None:
    config = load(path_of("production"))
    found = room_tags(config)
    assert found.items() >= tags(config).items()
    assert found["room"] == "iryo-production-hpc"


@pytest.mark.parametrize(
    ("kind", "capacity", "reservation", "limited"),
    [
        ("c6i.4xlarge", Capacity.SPOT, None, True),
        ("c6i.4xlarge", Capacity.ON_DEMAND, None, False),
        ("g6.xlarge", Capacity.ON_DEMAND, None, True),
        # Paid whether it runs or not: stopping it saves nothing.
        ("p5.48xlarge", Capacity.CAPACITY_BLOCK, "cr-0123456789abcdef0", False),
        ("p4d.24xlarge", Capacity.RESERVATION, "cr-0123456789abcdef0", False),
    ],
)
def test_what_stops_over_the_budget(
    kind: str, capacity: Capacity, reservation: str | None, limited: bool
) -> None:
    assert is_limited(queue("q", kind, capacity=capacity, reservation=reservation)) is limited


def test_idle_nodes_are_those_above_the_minimum() -> None:
    found = {alarm.id: alarm for alarm in alarms(watched(queue("a", min_nodes=2), queue("b")))}
    idle = found["ResearchIdleNodes"]
    assert (idle.threshold, idle.statistic) == (2, "Minimum")
    assert found["ResearchHeadNode"].missing == "breaching"


def test_a_price_is_told_where_one_is_known(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("prices") / "prices.toml"
    file.write_text(
        '[ap-northeast-1.instance_hour]\n"c6i.4xlarge" = '
        '{ usd = 0.9, source = "s", date = 2026-01-01 }\n'
    )
    known = Watched(
        clusters=(Cluster(name="c", queues=(queue("a"), queue("b", "c7i.4xlarge"))),),
        region="ap-northeast-1",
        prices=Prices(file),
    )
    first, second = environment(known)["clusters"][0]["queues"]
    assert first["usd"] == 0.9
    assert "usd" not in second


def test_widgets_do_not_lie_on_each_other() -> None:
    widgets = body(watched(queue("a")), region="r")["widgets"]
    places = {(widget["x"], widget["y"]) for widget in widgets}
    assert len(places) == len(widgets)
    assert all(widget["x"] + widget["width"] <= 24 for widget in widgets)
    assert '"Queue", "a"' in json.dumps(widgets)


@pytest.mark.parametrize(
    ("kind", "types", "limited"),
    [
        (ComputeKind.SPOT, ("c6i.4xlarge",), True),
        (ComputeKind.FARGATE_SPOT, (), True),
        (ComputeKind.ON_DEMAND, ("g6.xlarge",), True),
        (ComputeKind.ON_DEMAND, ("c6i.4xlarge",), False),
        (ComputeKind.FARGATE, (), False),
    ],
)
def test_environments_that_stop_over_the_budget(
    kind: ComputeKind, types: tuple[str, ...], limited: bool
) -> None:
    environment_ = ComputeEnvironment(name="e", kind=kind, instance_types=types, max_vcpus=4)
    assert batch_properties.is_limited(environment_) is limited


def test_endpoints_are_those_that_something_calls() -> None:
    everything = needed_endpoints(FULL.hpc)
    assert {"pcs", "cloudformation", "ecs", "autoscaling", "elasticfilesystem"} <= {*everything}
    assert "pcs" not in needed_endpoints(load(path_of("production")).hpc)
    assert needed_endpoints(load(path_of("dev")).hpc) == ()
    fargate = FULL.hpc.model_copy(
        update={
            "clusters": (),
            "batch": FULL.hpc.batch
            and FULL.hpc.batch.model_copy(update={"environments": FULL.hpc.batch.environments[:1]}),
        }
    )
    assert needed_endpoints(fargate) == ("ecr.api", "ecr.dkr", "logs")


def test_more_queues_than_the_watch_can_be_told_are_refused_with_a_number() -> None:
    one = watched(*(queue(f"queue-{index}") for index in range(40)))
    _fits(one)
    three = replace(one, clusters=one.clusters * 3)
    with pytest.raises(DescriptionError, match=r"hpc\.clusters: 120 queues are more than the"):
        _fits(three)
