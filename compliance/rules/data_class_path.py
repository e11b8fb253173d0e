"""What confidential data can reach has no public address, subnet, group or grant."""

from collections.abc import Iterator

from compliance.policies import statements
from compliance.reading import reach
from compliance.reading.checks import plain, problem
from compliance.reading.network import open_ports, public_subnets
from compliance.reading.walk import leaves, mentioned
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.tagging import TAGGABLE
from compliance.text import Text

PUBLIC = {
    "AppNetworkAccessType": "PublicInternetOnly",
    "AssignPublicIp": "ENABLED",
    "AssociatePublicIpAddress": True,
    "DirectInternetAccess": "Enabled",
    "EndpointPublicAccess": True,
    "PubliclyAccessible": True,
}
POLICIES = {
    "AWS::S3::Bucket": ("AWS::S3::BucketPolicy", "Bucket", "PolicyDocument"),
    "AWS::SQS::Queue": ("AWS::SQS::QueuePolicy", "Queues", "PolicyDocument"),
    "AWS::SNS::Topic": ("AWS::SNS::TopicPolicy", "Topics", "PolicyDocument"),
    "AWS::SecretsManager::Secret": (
        *("AWS::SecretsManager::ResourcePolicy", "SecretId", "ResourcePolicy"),
    ),
}


def _is_reached(resource: Resource, context: Context) -> bool:
    return reach.is_reached(resource, context.resources)


def _check(resource: Resource, context: Context) -> Iterator[Problem]:
    for path, value in leaves(resource.properties):
        if path and path[-1] in PUBLIC and plain(value) == PUBLIC[path[-1]]:
            yield problem("", ".".join(path), f"is {value}")
    for subnet in mentioned(resource, context.resources, "AWS::EC2::Subnet"):
        if (subnet.template.file, subnet.logical_id) in public_subnets(context.resources):
            name = subnet.logical_id
            yield Problem(f"the subnet {name} leads to the Internet", finding=name)
    for group in mentioned(resource, context.resources, "AWS::EC2::SecurityGroup"):
        for ports in open_ports(group, context.resources):
            name = group.logical_id
            yield Problem(f"{name} lets {ports} in", finding=f"{name}.{ports}")
    if resource.type in POLICIES:
        kind, key, document = POLICIES[resource.type]
        for policy in context.resources.referring(kind, key, resource):
            for statement in statements(policy.get(document)):
                if statement.allows and statement.anyone and not statement.narrowed:
                    yield Problem("its policy grants to everyone", finding=policy.logical_id)


RULE = Rule(
    id="IRYO-DATA-CLASS-PATH",
    title=Text(
        "What confidential data can reach is not public",
        "機密データが届くものに公開された経路がない",
    ),
    remedy=Text(
        "Take away the public address, choose private subnets, name who may enter.",
        "パブリックアドレスを外し、プライベートサブネットを選び、入ってよい相手を指定する。",
    ),
    topic=Topic.NETWORK_EXPOSURE,
    types=tuple(TAGGABLE),
    check=_check,
    applies=_is_reached,
)
