"""Instance types, quotas and costs."""

from datetime import date
from pathlib import Path

import pytest

from hpc import instances
from hpc.costs import Prices, idle, summary
from hpc.quota import needs
from infra.config.hpc import Cluster, Engine, HeadNode, Queue
from infra.config.hpc_storage import Block, Lustre, Storage
from tests.hpc.inputs import GOOD

REGION = "ap-northeast-1"


def cluster(**changes: object) -> Cluster:
    queues = (Queue(name="cpu", instance_types=("c6i.32xlarge",), max_nodes=4),)
    return Cluster.model_validate({"name": "c", "queues": queues, **changes})


def test_facts_are_those_of_ec2() -> None:
    p5 = instances.facts("p5.48xlarge")
    assert p5 is not None
    assert (p5.vcpus, p5.gpus, p5.gpu, p5.efa, p5.quota) == (192, 8, "H100", True, "P")
    g6 = instances.facts("g6.xlarge")
    assert g6 is not None
    assert (g6.gpus, g6.efa, g6.quota) == (1, False, "G and VT")
    assert instances.facts("p3.2xlarge") is None
    assert "capacity-block" in p5.usage and "capacity-block" not in g6.usage


def test_every_type_has_a_quota_and_every_offer_a_zone() -> None:
    quotas = {facts.quota for name in instances.records() if (facts := instances.facts(name))}
    assert quotas <= set(instances.QUOTA_FAMILIES) | {"mac"}
    assert all(zones for zones in instances.offers(REGION).values())
    assert instances.offers("nowhere-1") == {}


@pytest.mark.parametrize(
    ("given", "near"),
    [("c6i.33xlarge", "c6i.32xlarge"), ("m6i.xxlarge", "m6i.xlarge"), ("r6.xlarge", "r6i.xlarge")],
)
def test_nearest_type(given: str, near: str) -> None:
    assert instances.nearest(given, region=REGION) == near


def test_nearest_of_a_gpu_type_is_one_with_gpus() -> None:
    near = instances.facts(instances.nearest("p5.48xlarge", region="ap-northeast-3"))
    assert near is not None and near.gpus > 0


def test_the_smallest_with_efa_is_offered_or_there_is_none() -> None:
    assert instances.smallest_with_efa("c6i.4xlarge", region=REGION) == "c6i.32xlarge"
    assert instances.smallest_with_efa("t3.large", region=REGION) is None


def test_needs_at_rest_and_at_most() -> None:
    spot = {"name": "spot", "instance_types": ["c6i.large", "c6i.xlarge"], "capacity": "spot"}
    queues = [
        {"name": "a", "instance_types": ["c6i.large"], "max_nodes": 10, "min_nodes": 1},
        {**spot, "max_nodes": 5},
    ]
    found = {need.name: (need.at_rest, need.at_most) for need in needs(cluster(queues=queues))}
    standard = "Standard (A, C, D, H, I, M, R, T, Z)"
    assert found == {
        f"Running On-Demand {standard} instances": (6, 24),
        f"All {standard} Spot Instance Requests": (0, 20),
    }


def prices(tmp_path: Path, text: str) -> Prices:
    file = tmp_path / "prices.toml"
    file.write_text(text)
    return Prices(file)


def test_a_cluster_at_rest_costs_its_head_node_and_storage(tmp_path: Path) -> None:
    known = prices(
        tmp_path,
        f"""
        [{REGION}.instance_hour]
        "m6i.large" = {{ usd = 0.1, source = "calculator", date = 2026-01-31 }}
        [{REGION}.storage_gib_month]
        gp3 = {{ usd = 0.1, source = "calculator", date = 2026-01-31 }}
        io2 = {{ usd = 0.2, source = "calculator", date = 2026-01-31 }}
        [{REGION}.iops_month]
        io2 = {{ usd = 0.01, source = "calculator", date = 2026-01-31 }}
        """,
    )
    storage = Storage(block=(Block(name="b", mount="/b", size_gib=10, iops=100),))
    head = HeadNode(instance_type="m6i.large")
    items = idle(cluster(head_node=head, storage=storage), region=REGION, prices=known)
    assert [round(item.monthly_usd, 2) for item in items] == [73.0, 10.0, 2.0, 1.0]
    assert not any("queue" in item.name for item in items)
    assert "86.00 USD" in summary(items).splitlines()[-1]


def test_what_has_no_price_is_unknown_not_free() -> None:
    items = idle(
        cluster(storage=Storage(lustre=(Lustre(size_gib=2400),))), region=REGION, prices=Prices()
    )
    text = summary(items)
    assert "no price known (instance_hour.m6i.xlarge)" in text
    assert "and 1 without a price" in text.splitlines()[-1]
    assert "2022-09-03" in text


def test_pcs_has_a_controller_instead_of_a_head_node() -> None:
    items = idle(cluster(engine=Engine.PCS), region=REGION, prices=Prices())
    assert [item.name for item in items] == ["AWS PCS controller"]


def test_the_prices_that_come_with_us_name_source_and_date() -> None:
    import tomllib

    from hpc.costs import PRICES

    for region, kinds in tomllib.loads(PRICES.read_text()).items():
        for kind, entries in kinds.items():
            for key in entries:
                price = Prices().find(region, kind, key)
                assert price is not None
                assert price.usd > 0 and price.source and price.date < date(2100, 1, 1)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a =", "is not a price file"),
        (f"[{REGION}.instance_hour]\n'm6i.xlarge' = {{ usd = 1 }}", "usd, source and date are"),
    ],
)
def test_a_file_that_is_none_of_prices(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        idle(cluster(), region=REGION, prices=prices(tmp_path, text))


def test_a_price_file_on_the_command_line(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from hpc.commands import hpc

    answer = CliRunner().invoke(hpc, ["check", str(GOOD), "--prices", str(tmp_path / "absent")])
    assert answer.exit_code in (1, 2)
    assert "Traceback" not in answer.output
