"""People come in through Session Manager; SSH and DCV are not open to the world."""

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Any

from hpc.validation.context import Context, Yaml, get, nodes, rows, table
from hpc.validation.findings import Finding, KeyPath

# RFC 1918. Python's `is_private` calls 0.0.0.0/0 private, for both its ends are reserved.
PRIVATE = tuple(IPv4Network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
SESSION_MANAGER = "AmazonSSMManagedInstanceCore"


def access(config: Yaml, _: Context) -> Iterator[Finding]:
    """Refuse key pairs, networks that are not private, and a head node without Session Manager."""
    for path, node in nodes(config):
        if get(node, "Ssh", "KeyName"):
            yield Finding(
                (*path, "Ssh", "KeyName"),
                "a key pair is a shared, lasting secret; the key must be absent, people use "
                "Session Manager",
                "access",
            )
        for section in ("Ssh", "Dcv"):
            key = (*path, section, "AllowedIps")
            yield from _network(key, get(node, section, "AllowedIps"))
    yield from _session_manager(config)


def _network(path: KeyPath, given: Any) -> Iterator[Finding]:
    if given is None or str(given).startswith("pl-"):
        return
    try:
        network = IPv4Network(str(given))
    except ValueError:
        return
    if not any(network.subnet_of(private) for private in PRIVATE):
        yield Finding(
            path,
            f"{given} lets in more than this network; a private network such as 10.0.0.0/16 is "
            "allowed",
            "access",
        )


def _session_manager(config: Yaml) -> Iterator[Finding]:
    iam = table(config, "HeadNode", "Iam")
    if iam.get("InstanceRole") or iam.get("InstanceProfile"):
        return
    policies = [str(row.get("Policy")) for _, row in rows(iam, "AdditionalIamPolicies")]
    if not any(policy.endswith(f"/{SESSION_MANAGER}") for policy in policies):
        yield Finding(
            ("HeadNode", "Iam", "AdditionalIamPolicies"),
            f"nobody can reach the head node without SSH; allowed is {SESSION_MANAGER} among them",
            "access",
        )
