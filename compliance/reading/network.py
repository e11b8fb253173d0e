"""What a platform's network exposes: which subnets lead to the Internet, who may enter a group."""

from collections.abc import Iterator
from typing import Any

from compliance.intrinsics import Reference
from compliance.reading.walk import mentions, once
from compliance.resources import IndeterminateError, Resource, Resources, known

ANYWHERE = ("0.0.0.0/0", "::/0")
Place = tuple[str, str]
"""Template file and logical id."""


@once
def public_subnets(resources: Resources) -> frozenset[Place]:
    """Return the subnets whose route table sends something to an internet gateway."""
    tables = {
        _place(route.get("RouteTableId"))
        for route in resources.of_type("AWS::EC2::Route")
        if leads_out(route, resources)
    }
    associations = resources.of_type("AWS::EC2::SubnetRouteTableAssociation")
    return frozenset(
        place
        for association in associations
        if _place(association.get("RouteTableId")) in tables
        and (place := _place(association.get("SubnetId")))
    )


def leads_out(route: Resource, resources: Resources) -> bool:
    """Say whether a route sends something to an internet gateway."""
    gateway = route.get("GatewayId")
    target = resources.at(gateway)
    if target:
        return target.type == "AWS::EC2::InternetGateway"
    return isinstance(gateway, str) and gateway.startswith("igw-")


def is_public(subnet: Any, resources: Resources) -> bool:
    """Say whether a resolved value is a subnet of this platform that leads to the Internet.

    Inside a text a subnet is known by its logical id alone. Raises IndeterminateError when it is
    none of this platform: nobody can know where it leads.
    """
    known(subnet, "a subnet")
    public = public_subnets(resources)
    if place := _place(subnet):
        return place in public
    ids = list(mentions(subnet))
    if not ids:
        raise IndeterminateError(f"the subnet {subnet} is not of this platform")
    return any(logical_id in ids for _, logical_id in public)


def open_ports(group: Resource, resources: Resources) -> Iterator[str]:
    """Yield what lets the whole Internet into a security group."""
    rules = list(group.get("SecurityGroupIngress", default=[]))
    for one in resources.referring("AWS::EC2::SecurityGroupIngress", "GroupId", group):
        rules.append(one.properties)
    for rule in rules:
        known(rule, "an ingress rule")
        for key in ("CidrIp", "CidrIpv6"):
            if (cidr := known(rule.get(key), key)) in ANYWHERE:
                yield f"{cidr} through port {rule.get('FromPort', 'all')}"


def _place(value: Any) -> Place | None:
    return (value.file, value.logical_id) if isinstance(value, Reference) else None
