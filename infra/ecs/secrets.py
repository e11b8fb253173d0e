"""Secrets that a service asks for and nobody has typed."""

import aws_cdk as cdk
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from compliance.waivers import waive
from infra.config import DataClass, ServiceConfig
from infra.ecs import waivers
from infra.ecs.room import Room

LENGTH = 64
"""Letters and digits."""


class Secrets(Construct):
    """`arns` holds the ARN of each secret by its environment variable, generated or not."""

    arns: dict[str, str]

    def __init__(
        self, scope: Construct, construct_id: str, *, room: Room, name: str, service: ServiceConfig
    ) -> None:
        super().__init__(scope, construct_id)
        self.arns = dict(service.given_secrets)
        for variable in service.generated_secrets:
            self.arns[variable] = self._generate(room, name, variable)

    def _generate(self, room: Room, name: str, variable: str) -> str:
        secret = secretsmanager.CfnSecret(
            self,
            variable.title().replace("_", ""),
            description=f"{variable} of the service {name}",
            kms_key_id=room.security.confidential_key.key_arn,
            generate_secret_string=secretsmanager.CfnSecret.GenerateSecretStringProperty(
                password_length=LENGTH, exclude_punctuation=True, require_each_included_type=True
            ),
        )
        secret.apply_removal_policy(cdk.RemovalPolicy[room.config.data.removal.upper()])
        cdk.Tags.of(secret).add("data-class", DataClass.CONFIDENTIAL, priority=300)
        waive(secret, *waivers.no_rotation(room.config))
        return secret.ref
