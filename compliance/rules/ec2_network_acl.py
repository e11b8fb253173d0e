"""Network ACLs restrict: no entry allows every protocol from or to anywhere."""

from collections.abc import Iterator

from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

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
    title=Text(
        "Network ACLs allow no all-protocol traffic with anywhere",
        "ネットワーク ACL が全宛先との全プロトコル通信を認めない",
    ),
    remedy=Text(
        "Allow named protocols and ports, return ports included, or named networks.",
        "プロトコルとポート（戻りを含む）か、相手のネットワークを指定する。",
    ),
    topic=Topic.NETWORK_SEGMENTATION,
    types=("AWS::EC2::NetworkAclEntry",),
    check=_check,
)
