"""Flows become numbered rules."""

from ipaddress import IPv4Network

import pytest

from infra.network.acl_rules import acl_rules
from infra.network.flows import ANSWERS, HTTPS, Flow, Ports, Protocol, Tier, flows, port

VPC = IPv4Network("10.0.0.0/16")
NETWORKS = {
    Tier.APPLICATION: (IPv4Network("10.0.10.0/24"), IPv4Network("10.0.11.0/24")),
    Tier.DATA: (IPv4Network("10.0.20.0/24"), IPv4Network("10.0.22.0/24")),
}
DATABASE = Flow(source=Tier.APPLICATION, target=Tier.DATA, ports=(port(5432),), why="test")


def rules(tier: Tier, *wanted: Flow) -> list[tuple[int, bool, bool, str, Ports | None]]:
    return [
        (rule.number, rule.egress, rule.allow, str(rule.network), rule.ports)
        for rule in acl_rules(tier, wanted, vpc=VPC, networks=NETWORKS)
    ]


def test_the_client_asks_and_hears_the_answer() -> None:
    assert rules(Tier.APPLICATION, DATABASE) == [
        (100, False, True, "10.0.20.0/24", ANSWERS[0]),
        (110, False, True, "10.0.22.0/24", ANSWERS[0]),
        (500, False, False, "10.0.0.0/16", None),
        (100, True, True, "10.0.20.0/24", port(5432)),
        (110, True, True, "10.0.22.0/24", port(5432)),
        (500, True, False, "10.0.0.0/16", None),
    ]


def test_neighbouring_subnets_share_a_rule() -> None:
    assert rules(Tier.DATA, DATABASE)[0] == (100, False, True, "10.0.10.0/23", port(5432))


def test_the_outside_comes_after_the_refusal_of_the_vpc() -> None:
    out = Flow(source=Tier.DATA, target=Tier.OUTSIDE, ports=(HTTPS,), why="test")
    assert [rule[0] for rule in rules(Tier.DATA, out)] == [500, 600, 500, 600]
    assert rules(Tier.DATA, out)[1][3] == "0.0.0.0/0"


def test_ranges_that_touch_are_joined() -> None:
    flow = Flow(
        source=Tier.APPLICATION,
        target=Tier.DATA,
        ports=(Ports(10, 20), Ports(21, 30), Ports(15, 25), Ports(40, 50)),
        why="test",
    )
    found = [rule[4] for rule in rules(Tier.DATA, flow) if not rule[1] and rule[2]]
    assert found == [Ports(10, 30), Ports(40, 50)]


def test_icmp_types_are_not_joined() -> None:
    flow = Flow(
        source=Tier.OUTSIDE,
        target=Tier.DATA,
        ports=(Ports(3, 4), Ports(4, 0)),
        answers=(),
        protocol=Protocol.ICMP,
        why="test",
    )
    assert [rule[4] for rule in rules(Tier.DATA, flow) if rule[0] >= 600] == [
        Ports(3, 4),
        Ports(4, 0),
    ]


def test_a_translated_flow_is_seen_by_one_tier() -> None:
    flow = Flow(
        source=Tier.APPLICATION,
        target=Tier.DATA,
        ports=(HTTPS,),
        only_at=Tier.DATA,
        why="test",
    )
    assert [rule[2] for rule in rules(Tier.APPLICATION, flow)] == [False, False]
    assert any(rule[2] for rule in rules(Tier.DATA, flow))


def test_more_rules_than_an_acl_may_hold_are_refused_with_the_key() -> None:
    many = Flow(
        source=Tier.APPLICATION,
        target=Tier.DATA,
        ports=tuple(port(number) for number in range(100, 140, 2)),
        why="test",
    )
    with pytest.raises(ValueError, match=r"data tier needs 21 rules .* 20 are allowed; .*_cidrs"):
        rules(Tier.DATA, many)


def test_flows_without_hpc_do_not_name_it() -> None:
    assert not any(Tier.HPC in (flow.source, flow.target) for flow in flows(nat=True, hpc=False))
    assert any(Tier.HPC is flow.source for flow in flows(nat=True, hpc=True))
