"""Excuses of this room, each hung on one resource by the module that makes it."""

from datetime import date

from compliance.waivers import Waiver
from infra.config import EnvironmentConfig

HIPAA, NIST, OWN = "HIPAA.Security-", "NIST.800.53.R5-", "IRYO-"
PACKS = (HIPAA, NIST)
EXPIRES = date(2027, 9, 30)


def default_group(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse that no template can show the rules of a VPC's default security group."""
    return [
        _waiver(
            config,
            rule=f"{pack}VPCDefaultSecurityGroupClosed",
            reason="The rule reports every VPC: its template does not hold the group's rules.",
            compensating_control="Custom::ClosedDefaultGroup removes every rule of the group.",
        )
        for pack in PACKS
    ]


def public_route(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse the default route of the public tier."""
    return [
        _waiver(
            config,
            rule=f"{pack}VPCNoUnrestrictedRouteToIGW",
            reason="The public tier exists to meet the Internet: load balancer and NAT gateways.",
            compensating_control="No public address by default; the network ACL admits 443 only.",
        )
        for pack in PACKS
    ]


def deployment_function(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse that the function of the custom resources has no queue and no network."""
    queue = [
        _waiver(
            config,
            rule=f"{pack}LambdaDLQ",
            reason="CloudFormation waits for the answer: a lost event cannot go unnoticed.",
            compensating_control="Without an answer the deployment fails and is rolled back.",
        )
        for pack in PACKS
    ]
    rules = (
        *((f"{pack}LambdaInsideVPC", "") for pack in PACKS),
        *((f"{OWN}LAMBDA-VPC", finding) for finding in ("SubnetIds", "SecurityGroupIds")),
    )
    network = [
        _waiver(
            config,
            rule=rule,
            finding=finding,
            reason="It prepares the network that it would have to run in; it sees no records.",
            compensating_control="Its role may close one group, find prefix lists and log.",
        )
        for rule, finding in rules
    ]
    return [*queue, *network]


def nodes_in(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse that cluster nodes accept every protocol of each other."""
    return [
        _waiver(
            config, rule=f"{pack}EC2RestrictedCommonPorts", reason=_EFA, compensating_control=_NODES
        )
        for pack in PACKS
    ]


def nodes_out(config: EnvironmentConfig, *, group: str) -> list[Waiver]:
    """Excuse that cluster nodes send every protocol to each other; `group` is their own."""
    return [
        _waiver(
            config,
            rule=f"{OWN}EC2-EGRESS",
            finding=group,
            reason=_EFA,
            compensating_control=_NODES,
        )
    ]


def aws_buckets(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse that the S3 endpoint lets anyone inside read from buckets of AWS."""
    return [
        _waiver(
            config,
            rule=f"{OWN}EC2-ENDPOINT-POLICY",
            finding="ReadWhatAwsServes",
            reason="Image layers and packages are fetched with AWS's own signature or none.",
            compensating_control="GetObject on named buckets of AWS; nothing can be written.",
        )
    ]


_EFA = "EFA bypasses TCP and works only where every protocol is open within its own group."
_NODES = "The rule names the group itself; the network ACL still bounds what leaves a subnet."


def _waiver(
    config: EnvironmentConfig,
    *,
    rule: str,
    reason: str,
    compensating_control: str,
    finding: str = "",
) -> Waiver:
    return Waiver(
        rule=rule,
        finding=finding,
        reason=reason,
        owner=config.tags.owner,
        ticket="IRYO-NETWORK-1",
        expires=EXPIRES,
        compensating_control=compensating_control,
    )
