"""Checks of the registry's keys that concern more than one of them."""

from collections.abc import Iterator

from infra.config.models import EnvironmentConfig
from infra.config.registry import UPSTREAMS

NO_SIGNING = ("ap-northeast-3",)
"""Regions without AWS::ECR::SigningConfiguration, by the resource schemas of November 2026."""


def needs_registry(config: EnvironmentConfig) -> bool:
    """Say whether repositories are made: asked for, or needed by a room that runs containers."""
    rooms = config.rooms
    containers = any(getattr(rooms, room, False) for room in ("ecs", "eks"))
    return rooms.registry or (containers and _has_something(config))


def repositories_of(config: EnvironmentConfig) -> tuple[str, ...]:
    """Return the names of the repositories: those of services, then those of the registry's key."""
    named = [service.repository(name) for name, service in config.services.items()]
    return tuple(dict.fromkeys([*named, *config.registry.repositories]))


def registry_mistakes(config: EnvironmentConfig) -> Iterator[str]:
    """Yield a sentence for each rule that the keys break; none while there is no registry."""
    if not needs_registry(config):
        return
    registry, region = config.registry, config.account.region
    if not _has_something(config):
        yield "registry.repositories: empty; with rooms.registry a repository is needed"
    names = registry.repositories
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        yield f"registry.repositories: {', '.join(doubled)} stands there twice"
    for upstream in registry.pull_through:
        if upstream not in UPSTREAMS:
            yield (
                f"registry.pull_through: {upstream!r} is not known; allowed are "
                + ", ".join(UPSTREAMS)
            )
    if registry.replica_region and registry.replica_region == region:
        yield (
            f"registry.replica_region: {region} is account.region itself; another Region is allowed"
        )
    if config.account.id in registry.replicas_from:
        yield f"registry.replicas_from: {config.account.id} is this account; others are allowed"
    if registry.signing and region in NO_SIGNING:
        yield f"registry.signing: true is not possible in account.region {region}; false is allowed"


def _has_something(config: EnvironmentConfig) -> bool:
    """Say whether the room would hold anything: CloudFormation takes no empty template."""
    registry = config.registry
    return bool(
        repositories_of(config)
        or registry.pull_through
        or registry.scanning != "none"
        or registry.replica_region
        or registry.replicas_from
        or registry.signing
    )
