"""The keys of the registry room: repositories and what the whole registry does."""

from typing import Annotated, Literal

from pydantic import Field

from infra.config.base import Model

UPSTREAMS = {
    "ecr-public": "public.ecr.aws",
    "kubernetes": "registry.k8s.io",
    "quay": "quay.io",
}
"""Registries that ECR reads without a password: prefix here, address there."""
RepositoryName = Annotated[str, Field(pattern=r"^[a-z0-9]+([._/-][a-z0-9]+)*$", max_length=100)]
Upstream = Annotated[str, Field(json_schema_extra={"enum": list(UPSTREAMS)})]


class RegistryConfig(Model):
    """Images of services; used when rooms.registry or a room that runs containers is on.

    Everything but `repositories` and the two numbers is about the account's registry in the
    Region as a whole: at most one environment of an account may set it.
    """

    repositories: tuple[RepositoryName, ...] = ()
    """Beside those that services name; they are called iryo-<environment>/<name>."""
    keep_images: Annotated[int, Field(ge=5, le=10_000)] = 100
    """Tagged images a repository; older ones are removed."""
    untagged_days: Annotated[int, Field(ge=1, le=365)] = 30
    """How long an image without a tag stays."""
    pull_through: tuple[Upstream, ...] = ()
    """Public registries whose images are kept here from the first pull on."""
    scanning: Literal["basic", "enhanced", "none"] = "none"
    """Scanning of the whole registry; enhanced is Amazon Inspector's, 0.09 USD an image. The
    repositories made here are scanned on push in any case."""
    replica_region: Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")] | None = None
    """Images are copied to this Region of the account."""
    replicas_from: tuple[Annotated[str, Field(pattern=r"^\d{12}$")], ...] = ()
    """Accounts whose registries may copy images into this one."""
    signing: bool = False
    """Images are signed by AWS Signer when they are pushed."""
