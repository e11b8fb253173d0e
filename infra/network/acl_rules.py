"""Compile flows into the numbered, stateless rules of a tier's network ACL.

Each direction has three parts: what the VPC's own tiers may do, a refusal of everything else from
or to the VPC, then what the outside may do. Without the middle part the ports that the outside
answers to (1024 and up) would admit every other tier to a database on 5432.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, collapse_addresses

from infra.network.flows import Flow, Ports, Protocol, Tier

ANYWHERE = IPv4Network("0.0.0.0/0")
FIRST, STEP, REFUSAL, FIRST_OUTSIDE = 100, 10, 500, 600
# https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
MOST_RULES = 20


@dataclass(frozen=True, kw_only=True)
class AclRule:
    """One entry of a network ACL. `network` is the other side's."""

    number: int
    egress: bool
    allow: bool
    network: IPv4Network
    protocol: Protocol
    ports: Ports | None = None


@dataclass(frozen=True)
class _Opening:
    egress: bool
    peer: Tier
    protocol: Protocol


def acl_rules(
    tier: Tier,
    flows: Iterable[Flow],
    *,
    vpc: IPv4Network,
    networks: Mapping[Tier, tuple[IPv4Network, ...]],
) -> tuple[AclRule, ...]:
    """Return the rules of a tier's ACL, inbound first, in the order of their numbers.

    Raises ValueError when a direction needs more rules than a network ACL may hold.
    """
    openings: defaultdict[_Opening, set[Ports]] = defaultdict(set)
    for flow in flows:
        for opening, ports in _openings(tier, flow):
            openings[opening].update(ports)
    return tuple(
        rule
        for egress in (False, True)
        for rule in _direction(tier, openings, egress=egress, vpc=vpc, networks=networks)
    )


def _openings(tier: Tier, flow: Flow) -> Iterator[tuple[_Opening, tuple[Ports, ...]]]:
    if flow.only_at not in (None, tier):
        return
    if flow.source is tier:
        yield _Opening(True, flow.target, flow.protocol), flow.ports
        yield _Opening(False, flow.target, flow.protocol), flow.answers
    if flow.target is tier:
        yield _Opening(False, flow.source, flow.protocol), flow.ports
        yield _Opening(True, flow.source, flow.protocol), flow.answers


def _direction(
    tier: Tier,
    openings: Mapping[_Opening, set[Ports]],
    *,
    egress: bool,
    vpc: IPv4Network,
    networks: Mapping[Tier, tuple[IPv4Network, ...]],
) -> list[AclRule]:
    def rules(peers: Iterable[Tier], first: int) -> list[AclRule]:
        wanted = (
            (network, protocol, ports)
            for peer in peers
            for protocol in (Protocol.TCP, Protocol.UDP, Protocol.ICMP)
            for ports in _joined(openings.get(_Opening(egress, peer, protocol), set()), protocol)
            for network in collapse_addresses(networks.get(peer, (ANYWHERE,)))
        )
        return [
            AclRule(
                number=first + STEP * index,
                egress=egress,
                allow=True,
                network=network,
                protocol=protocol,
                ports=ports,
            )
            for index, (network, protocol, ports) in enumerate(wanted)
        ]

    refusal = AclRule(
        number=REFUSAL, egress=egress, allow=False, network=vpc, protocol=Protocol.ALL
    )
    inside = (peer for peer in Tier if peer is not Tier.OUTSIDE)
    found = [*rules(inside, FIRST), refusal, *rules((Tier.OUTSIDE,), FIRST_OUTSIDE)]
    if len(found) > MOST_RULES:
        raise ValueError(
            f"the network ACL of the {tier} tier needs {len(found)} rules in one direction, "
            f"{MOST_RULES} are allowed; neighbouring subnets in network.*_cidrs need fewer"
        )
    return found


def _joined(ranges: Iterable[Ports], protocol: Protocol) -> list[Ports]:
    """Join port ranges that overlap or touch. ICMP types are no ranges and stay as they are."""
    joined: list[Ports] = []
    for ports in sorted(ranges):
        if protocol is not Protocol.ICMP and joined and ports.first <= joined[-1].last + 1:
            joined[-1] = Ports(joined[-1].first, max(joined[-1].last, ports.last))
        else:
            joined.append(ports)
    return joined
