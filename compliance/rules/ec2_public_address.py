"""No instance gets a public address, and no subnet gives one."""

from collections.abc import Iterator

from compliance.reading import instances
from compliance.reading.checks import expect, objects
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(resource: Resource, _: Context) -> Iterator[Problem]:
    if resource.type == "AWS::EC2::Subnet":
        yield from expect(resource, "MapPublicIpOnLaunch", None, False)
        return
    for index, card in enumerate(objects(instances.data(resource), "NetworkInterfaces")):
        place = f"NetworkInterfaces{index}"
        yield from expect(card, "AssociatePublicIpAddress", None, False, place=place)


RULE = Rule(
    id="IRYO-EC2-PUBLIC-ADDRESS",
    title=Text(
        "Instances have no public address and subnets give none",
        "インスタンスにパブリックアドレスがなく、サブネットも付与しない",
    ),
    remedy=Text(
        "Set associate_public_ip_address=False, map_public_ip_on_launch=False.",
        "associate_public_ip_address=False、map_public_ip_on_launch=False を設定する。",
    ),
    topic=Topic.NETWORK_EXPOSURE,
    types=(
        "AWS::EC2::LaunchTemplate",
        "AWS::EC2::Instance",
        "AWS::EC2::Subnet",
    ),
    check=_check,
)
