"""Excuses of this room, each hung on one resource by the module that makes it.

None of them is needed in production: the configuration refuses there what they excuse.
"""

from datetime import date

from compliance.excuses import Excuses
from compliance.waivers import Waiver
from infra.config import EnvironmentConfig

EXCUSES = Excuses(ticket="IRYO-EDGE-1", expires=date(2027, 5, 31))
NO_DOMAIN = {
    "reason": "Without a domain no certificate can be had; the environment holds synthetic data "
    "only.",
    "compensating_control": "Production without a domain is refused; the load balancer has no "
    "public address and admits CloudFront only, through the VPC.",
}


def no_domain_listener(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse that the last step from CloudFront to the load balancer has no TLS."""
    return [
        *EXCUSES.packs(config, rule="ALBHttpToHttpsRedirection", **NO_DOMAIN),
        *EXCUSES.packs(config, rule="ELBv2ACMCertificateRequired", **NO_DOMAIN),
        EXCUSES.one(config, rule="IRYO-ELB-TLS", finding="Protocol", **NO_DOMAIN),
    ]


def no_domain_origin(config: EnvironmentConfig) -> Waiver:
    """Excuse the same of the way that CloudFront takes."""
    return EXCUSES.one(
        config, rule="IRYO-CLOUDFRONT-TLS", finding="OriginProtocolPolicy", **NO_DOMAIN
    )


def no_domain_viewer(config: EnvironmentConfig) -> Waiver:
    """Excuse that CloudFront's own certificate goes with TLS 1.0 and newer."""
    return EXCUSES.one(
        config,
        rule="IRYO-CLOUDFRONT-TLS",
        finding="ViewerCertificate.MinimumProtocolVersion",
        **NO_DOMAIN,
    )


def deletable(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse that the load balancer of a throw-away environment goes with its stack."""
    return EXCUSES.packs(
        config,
        rule="ELBDeletionProtectionEnabled",
        reason='The environment is thrown away as a whole: data.removal is "destroy".',
        compensating_control='Production is refused unless data.removal is "retain", which '
        "protects it.",
    )
