"""Every name that is asked for in a network is logged."""

from collections.abc import Iterator

from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(vpc: Resource, context: Context) -> Iterator[Problem]:
    kind = "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation"
    if not context.resources.referring(kind, "ResourceId", vpc):
        yield Problem("no resolver query logging configuration is associated with it")


RULE = Rule(
    id="IRYO-ROUTE53-QUERY-LOGS",
    title=Text(
        "Networks log their DNS queries",
        "ネットワークが DNS クエリを記録する",
    ),
    remedy=Text(
        "Add a resolver query logging configuration and its association.",
        "リゾルバークエリログの設定と関連付けを加える。",
    ),
    topic=Topic.AUDIT_LOGGING,
    types=("AWS::EC2::VPC",),
    check=_check,
)
