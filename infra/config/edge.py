"""The keys of the edge: domain, load balancer, firewall, and mutual TLS of the ingestion API."""

from typing import Annotated, Literal

from pydantic import Field

from infra.config.base import Model

LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
DomainName = Annotated[str, Field(pattern=rf"^({LABEL}\.)+[a-z]{{2,63}}$", max_length=253)]
ZoneId = Annotated[str, Field(pattern=r"^Z[A-Z0-9]{1,31}$")]
CertificateArn = Annotated[
    str, Field(pattern=r"^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/[0-9a-f-]{36}$")
]
UrlPath = Annotated[str, Field(pattern=r"^/[A-Za-z0-9/_.~-]*$", max_length=255)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
MANAGED_RULES = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesSQLiRuleSet",
    "AWSManagedRulesAnonymousIpList",
    "AWSManagedRulesLinuxRuleSet",
)
"""Managed rule groups without a price of their own."""
RuleGroup = Annotated[str, Field(json_schema_extra={"enum": list(MANAGED_RULES)})]


class FirewallConfig(Model):
    """AWS WAF, before CloudFront and before the load balancer."""

    rule_groups: tuple[RuleGroup, ...] = MANAGED_RULES[:4]
    """AWS managed rule groups that are enforced; the common and the known bad ones always are."""
    only_count: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,128}$")], ...] = ()
    """Rules of the common group that count instead of block, e.g. CrossSiteScripting_BODY."""
    requests_per_minute: Annotated[int, Field(ge=10, le=2_000_000)] = 3000
    """What one address may ask in a minute, at CloudFront; a hospital is one address."""
    body_limit_kb: Annotated[int, Field(ge=1, le=64)] = 64
    """Largest body of a request; WAF sees no more than 64 KB. Records go to the ingestion API."""
    countries: tuple[Country, ...] = ()
    """ISO 3166 codes of the countries that CloudFront answers to; empty: all."""


class LoadBalancerConfig(Model):
    """How the load balancer keeps connections.

    How long a client stays with one container is for services.<name>.sticky_seconds to say.
    """

    idle_seconds: Annotated[int, Field(ge=1, le=4000)] = 60
    """An idle connection is closed after this; services must keep theirs longer."""
    keep_alive_seconds: Annotated[int, Field(ge=60, le=604_800)] = 3600
    """A client's connection is renewed after this."""


class FailoverConfig(Model):
    """What DNS answers while the health check fails: something outside this environment."""

    target: DomainName | None = None
    """The name that the secondary records point to, such as a load balancer in a DR Region. It
    needs a firewall of its own. A second distribution cannot have the same domain."""
    target_zone_id: ZoneId | None = None
    """The hosted zone of the target's service, from the AWS General Reference."""


class EdgeConfig(Model):
    """What stands between the Internet and the services; used when rooms.edge is on."""

    domain: DomainName | None = None
    """What a browser asks for. Absent: CloudFront's own name, which production refuses."""
    alternative_domains: Annotated[tuple[DomainName, ...], Field(max_length=10)] = ()
    """Further names, for services that are told apart by host."""
    hosted_zone_id: ZoneId | None = None
    """The public Route 53 zone of the domain: certificates are validated and records made in it."""
    certificate_arn: CertificateArn | None = None
    """A certificate of ACM in the environment's Region, where there is no hosted zone."""
    viewer_certificate_arn: CertificateArn | None = None
    """A certificate of ACM in us-east-1, where there is no hosted zone."""
    minimum_tls: Literal["1.2", "1.3"] = "1.3"
    """What CloudFront offers to viewers at least."""
    price_class: Literal["100", "200", "all"] = "200"
    """Where CloudFront answers from: 100 is Europe and North America, 200 adds Asia."""
    content_security_policy: Annotated[str, Field(pattern=r"^[\x20-\x7e]{1,1024}$")] = (
        "default-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
        "frame-ancestors 'none'"
    )
    """Sent with every answer that has none of its own."""
    read_seconds: Annotated[int, Field(ge=1, le=120)] = 30
    """How long CloudFront waits for an answer."""
    static_content: bool = False
    """Adds a bucket whose content is served under /static/."""
    health_check_path: UrlPath | None = None
    """What Route 53 asks the domain for every 30 seconds; a service must answer it."""
    shield_advanced: bool = False
    """Protects the distribution with Shield Advanced: 3,000 USD a month for a year."""
    firewall: FirewallConfig = FirewallConfig()
    load_balancer: LoadBalancerConfig = LoadBalancerConfig()
    failover: FailoverConfig = FailoverConfig()


class MutualTlsConfig(Model):
    """The ingestion API under a domain of its own that asks senders for a certificate.

    The API's own address is closed then. Senders sign their requests as well.
    """

    domain: DomainName | None = None
    """Turns it on."""
    hosted_zone_id: ZoneId | None = None
    certificate_arn: CertificateArn | None = None
    """A certificate of ACM in the environment's Region, where there is no hosted zone."""
    truststore: Annotated[str, Field(pattern=r"^s3://[a-z0-9.-]{3,63}/.+$")] | None = None
    """The CA certificates of senders, in PEM, as s3://bucket/key."""
    truststore_version: Annotated[str, Field(min_length=1, max_length=1024)] | None = None
    """The version of that object, so that a change of it is a change of the template."""
