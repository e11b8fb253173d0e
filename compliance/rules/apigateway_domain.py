"""Private domain names, and those of HTTP APIs, admit TLS 1.2 or newer only."""

from collections.abc import Iterator

from compliance.reading.checks import look, objects, problem
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.rules import apigateway_tls
from compliance.text import Text


def _check(name: Resource, _: Context) -> Iterator[Problem]:
    parts = objects(name, "DomainNameConfigurations") or [name.properties]
    for part in parts:
        policy = str(look(part, "SecurityPolicy"))
        if not policy.startswith(apigateway_tls.MODERN):
            yield problem("", "SecurityPolicy", f"is {policy}")


RULE = Rule(
    id="IRYO-APIGATEWAY-DOMAIN",
    title=Text(
        "Domain names of APIs admit TLS 1.2 or newer only",
        "API のドメイン名が TLS 1.2 以上だけを受け入れる",
    ),
    remedy=Text(
        "Set SecurityPolicy to TLS_1_2 or a SecurityPolicy_TLS13_...",
        "SecurityPolicy を TLS_1_2 か SecurityPolicy_TLS13_... にする。",
    ),
    topic=Topic.ENCRYPTION_IN_TRANSIT,
    types=(
        "AWS::ApiGateway::DomainNameV2",
        "AWS::ApiGatewayV2::DomainName",
    ),
    check=_check,
)
