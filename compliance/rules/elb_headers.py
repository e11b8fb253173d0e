"""Application load balancers drop headers that could smuggle a second request."""

from collections.abc import Iterator

from compliance.reading import elb
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(balancer: Resource, _: Context) -> Iterator[Problem]:
    given = elb.attributes(balancer)
    yield from elb.expect(given, "routing.http.drop_invalid_header_fields.enabled", "true")
    mode = "routing.http.desync_mitigation_mode"
    yield from elb.expect(given, mode, "defensive", "strictest", default="defensive")


RULE = Rule(
    id="IRYO-ELB-HEADERS",
    title=Text(
        "Application load balancers drop invalid headers",
        "アプリケーションロードバランサーが不正なヘッダーを捨てる",
    ),
    remedy=Text(
        "Set drop_invalid_header_fields=True and desync_mitigation_mode defensive or strictest.",
        "drop_invalid_header_fields=True とし、desync_mitigation_mode を defensive か "
        "strictest にする。",
    ),
    topic=Topic.INTEGRITY,
    types=("AWS::ElasticLoadBalancingV2::LoadBalancer",),
    check=_check,
    applies=elb.is_application,
)
