"""Certificates of the edge's domain."""

from collections.abc import Sequence

from aws_cdk import aws_certificatemanager as acm
from constructs import Construct


def certificate(
    scope: Construct, id: str, *, names: Sequence[str], zone_id: str | None, given: str | None
) -> str:
    """Return the ARN of the certificate that was given, or of one that is made for the names.

    ACM proves that the names are ours by records in the hosted zone and renews by itself. The
    first name is the subject.
    """
    if given:
        return given
    return acm.CfnCertificate(
        scope,
        id,
        domain_name=names[0],
        subject_alternative_names=list(names[1:]) or None,
        validation_method="DNS",
        key_algorithm="EC_prime256v1",
        domain_validation_options=[
            acm.CfnCertificate.DomainValidationOptionProperty(
                domain_name=name, hosted_zone_id=zone_id
            )
            for name in names
        ],
    ).ref
