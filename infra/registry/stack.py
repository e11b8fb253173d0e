"""The registry room: where the images of services come from."""

from collections.abc import Mapping
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from constructs import Construct

from infra.config import EnvironmentConfig
from infra.config.registry_checks import repositories_of
from infra.registry.pull_through import PullThrough
from infra.registry.repositories import Repositories
from infra.registry.whole_registry import WholeRegistry
from infra.security.stack import SecurityOutputs


@dataclass(frozen=True, kw_only=True)
class RegistryOutputs:
    """Repositories by the name that a service uses: `application`, not iryo-dev/application."""

    repositories: Mapping[str, ecr.IRepository]


class RegistryStack(cdk.NestedStack):
    """Repositories, and what is configured of the registry as a whole."""

    outputs: RegistryOutputs

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        security: SecurityOutputs,
    ) -> None:
        super().__init__(scope, construct_id)
        key = security.general_key
        repositories = Repositories(
            self, "Repositories", config=config, key=key, names=repositories_of(config)
        )
        if config.registry.pull_through:
            PullThrough(self, "PullThrough", config=config, key=key)
        WholeRegistry(self, "WholeRegistry", config=config)
        self.outputs = RegistryOutputs(repositories=repositories.made)
