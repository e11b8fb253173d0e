"""Search domains speak TLS 1.2 or newer to clients, and TLS between their nodes."""

from collections.abc import Iterator

from compliance.reading.checks import expect
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

MODERN = (
    *("Policy-Min-TLS-1-2-2019-07", "Policy-Min-TLS-1-2-PFS-2023-10"),
    "Policy-Min-TLS-1-2-RFC9151-FIPS-2024-08",
)


def _check(domain: Resource, _: Context) -> Iterator[Problem]:
    yield from expect(domain, "DomainEndpointOptions.EnforceHTTPS", True)
    yield from expect(domain, "DomainEndpointOptions.TLSSecurityPolicy", *MODERN)
    yield from expect(domain, "NodeToNodeEncryptionOptions.Enabled", True)


RULE = Rule(
    id="IRYO-OPENSEARCH-TLS",
    title=Text(
        "Search domains speak TLS 1.2 or newer, also between nodes",
        "検索ドメインがノード間も含め TLS 1.2 以上で通信する",
    ),
    remedy=Text(
        "Set enforce_https, tls_security_policy and node_to_node_encryption.",
        "enforce_https、tls_security_policy、node_to_node_encryption を設定する。",
    ),
    topic=Topic.ENCRYPTION_IN_TRANSIT,
    types=("AWS::OpenSearchService::Domain",),
    check=_check,
)
