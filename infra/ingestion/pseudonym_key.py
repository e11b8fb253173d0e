"""The secret that pseudonyms are made with."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from compliance.waivers import waive
from infra.config import DataClass, EnvironmentConfig
from infra.ingestion import waivers

LENGTH = 64
"""Letters and digits: 381 bits, more than the 256 that HMAC-SHA-256 can use (RFC 2104)."""


class PseudonymKey(Construct):
    """A key that Secrets Manager generates, so that no template and no person ever has it."""

    secret: secretsmanager.Secret

    def __init__(
        self, scope: Construct, construct_id: str, *, config: EnvironmentConfig, key: kms.IKey
    ) -> None:
        super().__init__(scope, construct_id)
        self.secret = secretsmanager.Secret(
            self,
            "Secret",
            description="Key of the pseudonyms of patients; changing it breaks all links",
            encryption_key=key,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                password_length=LENGTH, exclude_punctuation=True, require_each_included_type=True
            ),
            removal_policy=cdk.RemovalPolicy[config.data.removal.upper()],
        )
        cdk.Tags.of(self).add("data-class", DataClass.CONFIDENTIAL)
        waive(self.secret, *waivers.no_rotation(config))
