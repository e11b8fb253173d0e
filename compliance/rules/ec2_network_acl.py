"""Network ACLs restrict: no entry allows every protocol from or to anywhere."""

from collections.abc import Iterator

from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule

ANYWHERE = ("0.0.0.0/0", "::/0")
ALL = "-1"


def _check(entry: Resource, _: Context) -> Iterator[Problem]:
    if str(entry.get("RuleAction")).lower() != "allow" or str(entry.get("Protocol")) != ALL:
        return
    for key in ("CidrBlock", "Ipv6CidrBlock"):
        if entry.get(key) in ANYWHERE:
            way = "leave to" if entry.get("Egress", default=False) else "enter from"
            yield Problem(f"every protocol may {way} {entry.get(key)}")


RULE = Rule(
    id="IRYO-EC2-NETWORK-ACL",
    title="Network ACLs allow no all-protocol traffic with anywhere",
    remedy="Allow named protocols and ports, return ports included, or named networks.",
    types=("AWS::EC2::NetworkAclEntry",),
    check=_check,
)
