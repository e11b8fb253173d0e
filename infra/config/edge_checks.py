"""Checks of the edge's keys that concern more than one of them."""

from collections.abc import Iterator

from infra.config.edge import MANAGED_RULES, EdgeConfig, MutualTlsConfig
from infra.config.models import EnvironmentConfig, Stage

ALWAYS = ("AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet")
VIEWER_REGION = "us-east-1"
"""Where CloudFront looks for its certificate and its web ACL."""
# https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
UNITS = dict(zip(MANAGED_RULES, (25, 200, 700, 200, 50, 200), strict=True))
OWN_UNITS = 20
"""The rate limit and the size of bodies need no more."""
# https://docs.aws.amazon.com/waf/latest/developerguide/ddos-app-layer-protections.html
SHIELD_UNITS = 150
"""The rule group that Shield Advanced adds by itself."""
MOST_UNITS = 1500


def edge_mistakes(config: EnvironmentConfig) -> Iterator[str]:
    """Yield a sentence for each rule that the keys break; none while the room is off."""
    yield from _mutual_tls(config.ingestion.mutual_tls, region=config.account.region)
    if not config.rooms.edge:
        return
    edge = config.edge
    yield from _domain(edge, region=config.account.region)
    yield from _without_domain(edge)
    yield from _failover(edge)
    yield from _firewall(edge)
    if config.stage is Stage.PRODUCTION and edge.domain is None:
        yield (
            "edge.domain: missing; CloudFront's own name admits TLS 1.0 and the way to the load "
            "balancer would be unencrypted, so production needs a domain"
        )


def _domain(edge: EdgeConfig, *, region: str | None) -> Iterator[str]:
    if edge.domain is None:
        return
    given = {
        "edge.certificate_arn": (edge.certificate_arn, region),
        "edge.viewer_certificate_arn": (edge.viewer_certificate_arn, VIEWER_REGION),
    }
    missing = [key for key, (arn, _) in given.items() if arn is None]
    if edge.hosted_zone_id is None and missing:
        yield (
            f"edge.hosted_zone_id: missing, and so is {' and '.join(missing)}; a domain needs its "
            "hosted zone or both certificates"
        )
    for key, (arn, wanted) in given.items():
        if arn and wanted and arn.split(":")[3] != wanted:
            yield f"{key}: {arn} is in {arn.split(':')[3]}; a certificate in {wanted} is allowed"
    for index, name in enumerate(edge.alternative_domains):
        if name == edge.domain or name in edge.alternative_domains[:index]:
            yield f"edge.alternative_domains[{index}]: {name} stands there twice"


def _without_domain(edge: EdgeConfig) -> Iterator[str]:
    if edge.domain is not None:
        return
    useless = {
        "edge.alternative_domains": edge.alternative_domains,
        "edge.hosted_zone_id": edge.hosted_zone_id,
        "edge.certificate_arn": edge.certificate_arn,
        "edge.viewer_certificate_arn": edge.viewer_certificate_arn,
        "edge.health_check_path": edge.health_check_path,
        "edge.failover.target": edge.failover.target,
    }
    for key, value in useless.items():
        if value:
            yield f"{key}: {value} is set without edge.domain; name the domain that it is for"


def _failover(edge: EdgeConfig) -> Iterator[str]:
    failover = edge.failover
    if failover.target is None:
        if failover.target_zone_id:
            yield "edge.failover.target: missing; edge.failover.target_zone_id alone does nothing"
        return
    needed = {
        "edge.failover.target_zone_id": failover.target_zone_id,
        "edge.hosted_zone_id": edge.hosted_zone_id,
        "edge.health_check_path": edge.health_check_path,
    }
    for key, value in needed.items():
        if value is None:
            yield f"{key}: missing; edge.failover.target needs it"


def _firewall(edge: EdgeConfig) -> Iterator[str]:
    groups = edge.firewall.rule_groups
    for group in groups:
        if group not in MANAGED_RULES:
            yield (
                f"edge.firewall.rule_groups: {group!r} is not known; allowed are "
                + ", ".join(MANAGED_RULES)
            )
    for group in ALWAYS:
        if group not in groups:
            yield f"edge.firewall.rule_groups: {group} missing; it cannot be left out"
    if len(set(groups)) != len(groups):
        yield "edge.firewall.rule_groups: a group stands there twice; each is allowed once"
    units = sum(UNITS.get(group, 0) for group in set(groups)) + OWN_UNITS
    units += SHIELD_UNITS if edge.shield_advanced else 0
    if units > MOST_UNITS:
        yield (
            f"edge.firewall.rule_groups: with the rest of the web ACL they need {units} capacity "
            f"units; {MOST_UNITS} are allowed, so leave one out"
        )


def _mutual_tls(mutual: MutualTlsConfig, *, region: str | None) -> Iterator[str]:
    key = "ingestion.mutual_tls"
    if mutual.domain is None:
        if mutual.truststore:
            yield f"{key}.domain: missing; {key}.truststore alone does nothing"
        return
    if mutual.truststore is None:
        yield f"{key}.truststore: missing; the CA certificates of senders must be named"
    if mutual.hosted_zone_id is None and mutual.certificate_arn is None:
        yield f"{key}.hosted_zone_id: missing; the hosted zone or a certificate_arn is needed"
    if mutual.certificate_arn and region and mutual.certificate_arn.split(":")[3] != region:
        yield (
            f"{key}.certificate_arn: {mutual.certificate_arn} is in "
            f"{mutual.certificate_arn.split(':')[3]}; a certificate in {region} is allowed"
        )
