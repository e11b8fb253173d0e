"""Nodes of clusters are private, and nobody from anywhere logs in."""

from collections.abc import Iterator

from compliance.reading import clusters
from compliance.reading.checks import expect, look, problem
from compliance.reading.network import ANYWHERE, is_public
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(cluster: Resource, context: Context) -> Iterator[Problem]:
    for place, part in clusters.nodes(clusters.configuration(cluster)):
        networking = look(part, "Networking", {})
        yield from expect(networking, "ElasticIp", None, False, place=place)
        yield from expect(networking, "AssignPublicIp", None, False, place=place)
        single = look(networking, "SubnetId")
        for subnet in (*look(networking, "SubnetIds", []), *([single] if single else [])):
            if is_public(subnet, context.resources):
                yield problem(place, "Networking", f"has {subnet}, which leads to the Internet")
        allowed = look(part, "Ssh.AllowedIps")
        keyed = place.startswith(("HeadNode", "LoginNodes")) and look(part, "Ssh.KeyName")
        if allowed in ANYWHERE or (keyed and allowed is None):
            yield problem(place, "Ssh.AllowedIps", f"is {allowed or 'not set'}")


RULE = Rule(
    id="IRYO-PCLUSTER-NETWORK",
    title=Text(
        "Cluster nodes are private and admit named networks only",
        "クラスターのノードが非公開で、指定したネットワークだけを受け入れる",
    ),
    remedy=Text(
        "Set private subnets, ElasticIp and AssignPublicIp false, Ssh.AllowedIps to a "
        "network of ours.",
        "プライベートサブネットを選び、ElasticIp と AssignPublicIp を false、Ssh.AllowedIps "
        "を自前のネットワークにする。",
    ),
    topic=Topic.NETWORK_EXPOSURE,
    types=(clusters.CLUSTER,),
    check=_check,
)
