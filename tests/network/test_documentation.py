"""docs/network.md lists every flow and every permission, and no other."""

from itertools import dropwhile, takewhile
from pathlib import Path

from infra.network.flows import Flow, Ports, Protocol, flows
from infra.network.security_groups import PERMISSIONS

PAGE = (Path(__file__).parents[2] / "docs" / "network.md").read_text()


def span(ports: Ports) -> str:
    return str(ports.first) if ports.first == ports.last else f"{ports.first}-{ports.last}"


def spans(ranges: tuple[Ports, ...]) -> str:
    return ", ".join(span(ports) for ports in ranges)


def flow_row(flow: Flow) -> str:
    ports = "ICMP 3/4" if flow.protocol is Protocol.ICMP else spans(flow.ports)
    answers = spans(flow.answers) or "none"
    return f"| {flow.source} | {flow.target} | {ports} | {answers} | {flow.why} |"


def table(title: str) -> list[str]:
    """The rows of the first table of a section, without its two lines of heading."""
    section = PAGE.split(f"## {title}\n")[1]
    lines = dropwhile(lambda line: not line.startswith("|"), section.splitlines())
    return list(takewhile(lambda line: line.startswith("|"), lines))[2:]


def test_flows() -> None:
    rows = [flow_row(flow) for flow in flows(nat=True, hpc=True)]
    assert table("Network ACLs") == rows


def test_permissions() -> None:
    rows = [f"| {source} | {target} | {spans(ports)} |" for source, target, ports in PERMISSIONS]
    assert table("Security groups") == [*rows, "| Hpc | Hpc | every protocol (EFA) |"]
