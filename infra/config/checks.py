"""Checks that concern more than one key of an environment file."""

from collections.abc import Iterator

from infra.config.edge_checks import edge_mistakes
from infra.config.eks_checks import eks_mistakes
from infra.config.hpc_checks import hpc_mistakes
from infra.config.mlops_checks import mlops_mistakes
from infra.config.models import (
    ENDPOINT_SERVICES,
    EnvironmentConfig,
    Nat,
    NetworkConfig,
    ObjectLock,
    Stage,
    StoreConfig,
)
from infra.config.registry_checks import registry_mistakes
from infra.config.services_checks import services_mistakes

# What the ingestion functions call from subnets without a way out.
REQUIRED_ENDPOINTS = ("events", "kinesis-streams", "secretsmanager")
# 医師法 24 条: medical records are kept five years; the audit trail of access to them as long.
FIVE_YEARS = 1827
ONE_YEAR = 365


def mistakes(config: EnvironmentConfig) -> list[str]:
    """Return a sentence for each rule that the file breaks; none when it is usable."""
    found = [*_network(config.network, hpc=config.rooms.hpc), *_endpoints(config), *_zones(config)]
    found += [*_lake(config), *mlops_mistakes(config)]
    found += [*services_mistakes(config), *eks_mistakes(config)]
    found += hpc_mistakes(config)
    found += [*edge_mistakes(config), *registry_mistakes(config)]
    if config.stage is Stage.PRODUCTION:
        found += _production(config)
    return found


def _network(network: NetworkConfig, *, hpc: bool) -> Iterator[str]:
    tiers = ["public", "application", "data", *(["hpc"] if hpc else [])]
    subnets = [
        (f"network.{tier}_cidrs[{index}]", cidr)
        for tier in tiers
        for index, cidr in enumerate(getattr(network, f"{tier}_cidrs"))
    ]
    if not 16 <= network.vpc_cidr.prefixlen <= 28:  # noqa: PLR2004 (the bounds AWS sets for a VPC)
        yield (
            f"network.vpc_cidr: {network.vpc_cidr} has a prefix of /{network.vpc_cidr.prefixlen}; "
            "AWS allows /16 to /28"
        )
    for index, (key, cidr) in enumerate(subnets):
        if not cidr.subnet_of(network.vpc_cidr):
            yield f"{key}: {cidr} is not inside network.vpc_cidr {network.vpc_cidr}"
        if cidr.prefixlen > 28:  # noqa: PLR2004 (the smallest subnet AWS makes)
            yield f"{key}: {cidr} is too small; AWS allows subnets up to /28"
        for other_key, other in subnets[:index]:
            if cidr.overlaps(other):
                yield f"{key}: {cidr} overlaps {other_key} {other}; subnets must be disjoint"


def _endpoints(config: EnvironmentConfig) -> Iterator[str]:
    services = config.network.interface_endpoints
    for service in services:
        if service not in ENDPOINT_SERVICES:
            yield (
                f"network.interface_endpoints: {service!r} is not known; allowed are "
                + ", ".join(ENDPOINT_SERVICES)
            )
    doubled = sorted({service for service in services if services.count(service) > 1})
    if doubled:
        yield f"network.interface_endpoints: {', '.join(doubled)} stands there twice"
    missing = [service for service in REQUIRED_ENDPOINTS if service not in services]
    if missing and config.network.nat is Nat.NONE:
        yield (
            f"network.interface_endpoints: {', '.join(missing)} missing; with network.nat = "
            '"none" the ingestion functions reach AWS only through endpoints'
        )


def _zones(config: EnvironmentConfig) -> Iterator[str]:
    zones, region = config.network.zones, config.account.region
    if zones is None:
        return
    if len(set(zones)) != len(zones):
        yield f"network.zones: {zones[0]} stands there twice; two different zones are needed"
    if region is None:
        yield "network.zones: zones are set without account.region; name the Region they are in"
    else:
        for zone in zones:
            if zone[:-1] != region or not zone[-1].isalpha():
                yield f"network.zones: {zone} is not a zone of account.region {region}"


def _lake(config: EnvironmentConfig) -> Iterator[str]:
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_Tiering.html: 90 to 730 days. A replay of
    # the stream reads raw records again, which must not be in an archive by then.
    days, hours = (
        config.data.confidential.archive_after_days,
        config.ingestion.stream_retention_hours,
    )
    least = max(90, -(-hours // 24))
    if not least <= days <= 730:  # noqa: PLR2004 (as above)
        yield (
            f"data.confidential.archive_after_days: {days} is not possible; S3 Intelligent-Tiering "
            f"and ingestion.stream_retention_hours {hours} allow {least} to 730"
        )
    for name in ("confidential", "important", "general", "quarantine"):
        store: StoreConfig = getattr(config.data, name)
        expires, locked = store.expire_after_days, store.object_lock_days
        if expires and store.object_lock is not ObjectLock.NONE and expires < locked:
            yield (
                f"data.{name}.expire_after_days: {expires} is under object_lock_days {locked}; "
                f"a locked object cannot be removed earlier, so {locked} or more is allowed"
            )


def _production(config: EnvironmentConfig) -> Iterator[str]:
    data, logs, network = config.data, config.logs, config.network
    if network.nat is Nat.SINGLE:
        yield 'network.nat: "single" loses both zones with one; production allows none or per_zone'
    if data.removal != "retain":
        yield f'data.removal: "{data.removal}" would lose patient data; production allows retain'
    if data.confidential.object_lock is ObjectLock.NONE:
        yield (
            'data.confidential.object_lock: "none" lets raw records be removed; '
            "production allows governance or compliance"
        )
    lifetime = data.confidential.expire_after_days
    if lifetime is not None and lifetime < FIVE_YEARS:
        yield (
            f"data.confidential.expire_after_days: {lifetime} is under five years; production "
            f"allows {FIVE_YEARS} or more, or none at all"
        )
    if logs.audit_retention_days < FIVE_YEARS:
        yield (
            f"logs.audit_retention_days: {logs.audit_retention_days} is under five years; "
            f"production allows {FIVE_YEARS} or more"
        )
    if logs.retention_days < ONE_YEAR:
        yield (
            f"logs.retention_days: {logs.retention_days} is under a year; production allows "
            f"{ONE_YEAR} or more"
        )
    if data.key_deletion_days != 30:  # noqa: PLR2004 (the longest window KMS offers)
        yield (
            f"data.key_deletion_days: {data.key_deletion_days} leaves less than the longest time "
            "to undo a key's deletion; production allows 30"
        )
