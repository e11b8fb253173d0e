"""Excuses of this room, each hung on one resource by the module that makes it."""

from datetime import date

from compliance.excuses import Excuses
from compliance.waivers import Waiver
from infra.config import EnvironmentConfig

EXCUSES = Excuses(ticket="IRYO-NETWORK-1", expires=date(2027, 9, 30))


def default_group(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse that no template can show the rules of a VPC's default security group."""
    return EXCUSES.packs(
        config,
        rule="VPCDefaultSecurityGroupClosed",
        reason="The rule reports every VPC: its template does not hold the group's rules.",
        compensating_control="Custom::ClosedDefaultGroup removes every rule of the group.",
    )


def public_route(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse the default route of the public tier."""
    return EXCUSES.packs(
        config,
        rule="VPCNoUnrestrictedRouteToIGW",
        reason="The public tier exists to meet the Internet: load balancer and NAT gateways.",
        compensating_control="No public address by default; the network ACL admits 443 only.",
    )


def deployment_function(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse that the function of the custom resources has no queue and no network."""
    prepares = "It prepares the network that it would have to run in; it sees no records."
    little = "Its role may close one group, find prefix lists and log."
    return [
        *EXCUSES.packs(
            config,
            rule="LambdaDLQ",
            reason="CloudFormation waits for the answer: a lost event cannot go unnoticed.",
            compensating_control="Without an answer the deployment fails and is rolled back.",
        ),
        *EXCUSES.packs(
            config, rule="LambdaInsideVPC", reason=prepares, compensating_control=little
        ),
        *(
            EXCUSES.one(
                config,
                rule="IRYO-LAMBDA-VPC",
                finding=finding,
                reason=prepares,
                compensating_control=little,
            )
            for finding in ("SubnetIds", "SecurityGroupIds")
        ),
    ]


def nodes_in(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse that cluster nodes accept every protocol of each other."""
    return EXCUSES.packs(
        config, rule="EC2RestrictedCommonPorts", reason=_EFA, compensating_control=_NODES
    )


def nodes_out(config: EnvironmentConfig, *, group: str) -> list[Waiver]:
    """Excuse that cluster nodes send every protocol to each other; `group` is their own."""
    return [
        EXCUSES.one(
            config,
            rule="IRYO-EC2-EGRESS",
            finding=group,
            reason=_EFA,
            compensating_control=_NODES,
        )
    ]


def aws_buckets(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse that the S3 endpoint lets anyone inside read from buckets of AWS."""
    return [
        EXCUSES.one(
            config,
            rule="IRYO-EC2-ENDPOINT-POLICY",
            finding="ReadWhatAwsServes",
            reason="Image layers and packages are fetched with AWS's own signature or none.",
            compensating_control="GetObject on named buckets of AWS; nothing can be written.",
        )
    ]


def deployment_answers(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse that the S3 endpoint lets a function answer CloudFormation."""
    return [
        EXCUSES.one(
            config,
            rule="IRYO-EC2-ENDPOINT-POLICY",
            finding="AnswerCloudFormation",
            reason="CloudFormation signs the address that a custom resource answers to.",
            compensating_control="PutObject on one bucket of AWS, which takes signed addresses.",
        )
    ]


def service_tokens(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse that the STS endpoint lets anyone inside exchange a token for a role."""
    return [
        EXCUSES.one(
            config,
            rule="IRYO-EC2-ENDPOINT-POLICY",
            finding="RolesForServiceAccounts",
            reason="A pod exchanges its service account's token before it has a principal.",
            compensating_control="Roles of this account only; each names cluster and account.",
        )
    ]


def ready_signals(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse that the S3 endpoint lets head nodes write to one bucket of CloudFormation."""
    return [
        EXCUSES.one(
            config,
            rule="IRYO-EC2-ENDPOINT-POLICY",
            finding="TellCloudFormation",
            reason="A head node reports that it is ready to an address that AWS signed.",
            compensating_control="PutObject on the one bucket that CloudFormation reads them in.",
        )
    ]


_EFA = "EFA bypasses TCP and works only where every protocol is open within its own group."
_NODES = "The rule names the group itself; the network ACL still bounds what leaves a subnet."
