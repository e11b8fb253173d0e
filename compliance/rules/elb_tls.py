"""Load balancers offer TLS 1.3 and nothing older than 1.2; plain HTTP only leads there."""

from collections.abc import Iterator

from compliance.reading.checks import look, objects, problem
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
MODERN = ("ELBSecurityPolicy-TLS13-1-2-", "ELBSecurityPolicy-TLS13-1-3-")
# These offer what has no forward secrecy.
WEAK = ("ELBSecurityPolicy-TLS13-1-2-Ext",)


def _check(listener: Resource, _: Context) -> Iterator[Problem]:
    protocol = look(listener, "Protocol")
    if protocol in ("HTTPS", "TLS"):
        policy = str(look(listener, "SslPolicy"))
        if not policy.startswith(MODERN) or policy.startswith(WEAK):
            yield problem("", "SslPolicy", f"is {policy}")
    elif protocol == "HTTP":
        for action in objects(listener, "DefaultActions"):
            if look(action, "RedirectConfig.Protocol") != "HTTPS":
                yield problem("", "Protocol", "is HTTP", "only a redirect to HTTPS may be")


RULE = Rule(
    id="IRYO-ELB-TLS",
    title=Text(
        "Load balancers speak TLS 1.3, nothing older than 1.2",
        "ロードバランサーが TLS 1.3（最低でも 1.2）で通信する",
    ),
    remedy=Text(
        "Set ssl_policy=SslPolicy.RECOMMENDED_TLS; redirect HTTP to HTTPS.",
        "ssl_policy=SslPolicy.RECOMMENDED_TLS を設定し、HTTP は HTTPS へ転送する。",
    ),
    topic=Topic.ENCRYPTION_IN_TRANSIT,
    types=("AWS::ElasticLoadBalancingV2::Listener",),
    check=_check,
)
