"""Search domains stand in our network and control access to each field."""

from collections.abc import Iterator

from compliance.reading.checks import expect, present
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(domain: Resource, _: Context) -> Iterator[Problem]:
    yield from present(domain, "VPCOptions.SubnetIds")
    yield from expect(domain, "AdvancedSecurityOptions.Enabled", True)


RULE = Rule(
    id="IRYO-OPENSEARCH-ACCESS",
    title=Text(
        "Search domains are private with fine-grained access",
        "検索ドメインが非公開で、細かいアクセス制御を持つ",
    ),
    remedy=Text(
        "Set vpc, vpc_subnets and fine_grained_access_control.",
        "vpc、vpc_subnets、fine_grained_access_control を設定する。",
    ),
    topic=Topic.ACCESS_CONTROL,
    types=("AWS::OpenSearchService::Domain",),
    check=_check,
)
