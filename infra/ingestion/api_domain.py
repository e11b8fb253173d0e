"""The API under a domain of its own that asks senders for a certificate."""

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_route53 as route53
from constructs import Construct

from infra.config import EnvironmentConfig
from infra.edge.certificate import certificate

# Mutual TLS and the policies for TLS 1.3 only exclude each other on a domain:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-custom-domain-tls-version.html
SECURITY_POLICY = "TLS_1_2"


class ApiDomain(Construct):
    """A regional domain with mutual TLS before the stage, and its record in the hosted zone.

    A client certificate is asked for besides the signature of IAM, not instead of it. The trust
    store is the sender's to keep: a bundle of CA certificates in a bucket of this account.
    """

    url: str

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        stage: apigateway.Stage,
    ) -> None:
        super().__init__(scope, construct_id)
        settings = config.ingestion.mutual_tls
        name = str(settings.domain)
        domain = apigateway.CfnDomainName(
            self,
            "Name",
            domain_name=name,
            endpoint_configuration=apigateway.CfnDomainName.EndpointConfigurationProperty(
                types=["REGIONAL"]
            ),
            regional_certificate_arn=certificate(
                self,
                "Certificate",
                names=[name],
                zone_id=settings.hosted_zone_id,
                given=settings.certificate_arn,
            ),
            security_policy=SECURITY_POLICY,
            mutual_tls_authentication=apigateway.CfnDomainName.MutualTlsAuthenticationProperty(
                truststore_uri=settings.truststore, truststore_version=settings.truststore_version
            ),
        )
        apigateway.CfnBasePathMapping(
            self,
            "Mapping",
            domain_name=domain.ref,
            rest_api_id=stage.rest_api.rest_api_id,
            stage=stage.stage_name,
        )
        if settings.hosted_zone_id:
            route53.CfnRecordSet(
                self,
                "Record",
                hosted_zone_id=settings.hosted_zone_id,
                name=name,
                type="A",
                alias_target=route53.CfnRecordSet.AliasTargetProperty(
                    dns_name=domain.attr_regional_domain_name,
                    hosted_zone_id=domain.attr_regional_hosted_zone_id,
                    evaluate_target_health=False,
                ),
            )
        self.url = f"https://{name}/"
