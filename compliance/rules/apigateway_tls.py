"""APIs speak TLS 1.2 at least."""

from collections.abc import Iterator

from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

# https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies.html
MODERN = ("TLS_1_2", "SecurityPolicy_TLS12", "SecurityPolicy_TLS13")


def _check(resource: Resource, _: Context) -> Iterator[Problem]:
    policy = resource.get("SecurityPolicy")
    if policy is None:
        yield Problem("SecurityPolicy is not set, which admits TLS 1.0")
    elif not str(policy).startswith(MODERN):
        yield Problem(f"SecurityPolicy is {policy}")


RULE = Rule(
    id="IRYO-APIGATEWAY-TLS",
    title=Text(
        "APIs and their domain names admit TLS 1.2 or newer only",
        "API とドメイン名が TLS 1.2 以上だけを受け入れる",
    ),
    remedy=Text(
        "Set SecurityPolicy to a SecurityPolicy_TLS13_... and EndpointAccessMode to STRICT.",
        "SecurityPolicy を SecurityPolicy_TLS13_... に、EndpointAccessMode を STRICT にする。",
    ),
    topic=Topic.ENCRYPTION_IN_TRANSIT,
    types=("AWS::ApiGateway::RestApi", "AWS::ApiGateway::DomainName"),
    check=_check,
)
