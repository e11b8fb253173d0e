"""No node has an address that the Internet reaches."""

from collections.abc import Iterator

from hpc.validation.context import Context, Yaml, get, off, on, queues
from hpc.validation.findings import Finding


def public_addresses(config: Yaml, _: Context) -> Iterator[Finding]:
    """Refuse an Elastic IP on the head node and public addresses on queues."""
    elastic = get(config, "HeadNode", "Networking", "ElasticIp")
    if elastic is not None and not off(elastic):
        yield Finding(
            ("HeadNode", "Networking", "ElasticIp"),
            f"{str(elastic).lower()} puts the head node on the Internet; the key must be absent "
            "or false",
            "public_addresses",
        )
    for path, queue in queues(config):
        if on(get(queue, "Networking", "AssignPublicIp")):
            yield Finding(
                (*path, "Networking", "AssignPublicIp"),
                "true puts compute nodes on the Internet; the key must be absent or false",
                "public_addresses",
            )
