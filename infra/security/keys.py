"""A customer-managed key for one class of data."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.config import DataClass, EnvironmentConfig
from infra.security import key_policy
from infra.security.names import key_alias

ROTATION = cdk.Duration.days(365)
"""New key material once a year; KMS keeps the old for what it encrypted.

NIST SP 800-57 part 1 rev. 5, table 1, lets a symmetric key encrypt for up to two years.
"""


class ClassKey(Construct):
    """A rotating key whose use is limited to the services that hold its class of data.

    `purpose` is part of the alias: the data class, or logs. `key` is what other rooms get: the key
    as an import, whose policy no grant of theirs can change.
    """

    key: kms.IKey

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        purpose: str,
        data_class: DataClass,
        services: Sequence[str],
        statements: Sequence[iam.PolicyStatement] = (),
    ) -> None:
        super().__init__(scope, construct_id)
        key = kms.Key(
            self,
            "Key",
            description=f"Iryo {config.name}: {purpose} data",
            enable_key_rotation=True,
            rotation_period=ROTATION,
            pending_window=cdk.Duration.days(config.data.key_deletion_days),
            policy=iam.PolicyDocument(
                statements=[
                    key_policy.administration(),
                    *key_policy.use(services),
                    *statements,
                ]
            ),
            removal_policy=cdk.RemovalPolicy[config.data.removal.upper()],
        )
        kms.Alias(self, "Alias", alias_name=key_alias(config, purpose), target_key=key)
        cdk.Tags.of(self).add("data-class", data_class)
        self.key = kms.Key.from_key_arn(self, "Shared", key.key_arn)
