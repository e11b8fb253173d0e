"""Checks of services that concern more than one key. Each sentence names service and key."""

import re
from collections.abc import Iterator
from itertools import combinations

from infra.config.classes import DataClass
from infra.config.models import EnvironmentConfig, Nat, Stage
from infra.config.services import (
    Capacity,
    Deployment,
    RunsOn,
    ServiceConfig,
    bucket_variable,
    portions,
    priority,
)

FULL_VERSION = re.compile(r":v?\d+\.\d+\.\d+([-_.][A-Za-z0-9_.-]+)?|@sha256:[0-9a-f]{64}")
# MiB that Fargate sells with each number of CPU units, as a range of steps:
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
FARGATE: dict[int, tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4096 + 1, 1024)),
    1024: tuple(range(2048, 8192 + 1, 1024)),
    2048: tuple(range(4096, 16_384 + 1, 1024)),
    4096: tuple(range(8192, 30_720 + 1, 1024)),
    8192: tuple(range(16_384, 61_440 + 1, 4096)),
    16_384: tuple(range(32_768, 122_880 + 1, 8192)),
}
ENDPOINTS = ("ecr.api", "ecr.dkr", "logs", "secretsmanager")
"""What starting a container calls from subnets without a way out."""
RESERVED = ("SERVICE", "STAGE", "PORT", "AWS_REGION", *map(bucket_variable, DataClass))
"""Variables that the room sets."""
LEAST_TASKS = 2
"""In production: one zone may fail."""


def services_mistakes(config: EnvironmentConfig) -> Iterator[str]:
    """Yield a sentence for each rule that a service breaks."""
    for name, service in config.services.items():
        key = f"services.{name}"
        yield from _room(key, service, config)
        yield from _image(key, service, stage=config.stage)
        yield from _size(key, service, stage=config.stage)
        yield from _health(key, service, stage=config.stage)
        yield from _classes(key, service)
        yield from _variables(key, service)
        yield from _deployment(key, service, config)
        if service.port == service.metrics_port:
            yield (
                f"{key}.metrics_port: {service.metrics_port} overlaps {key}.port; "
                "another port is allowed"
            )
    yield from _paths(config.services)
    yield from _cluster(config)


def _room(key: str, service: ServiceConfig, config: EnvironmentConfig) -> Iterator[str]:
    room = service.runs_on.value
    if not getattr(config.rooms, room, False):
        yield f'{key}.runs_on: "{room}", but rooms.{room} is off; rooms.{room} = true is needed'
    if service.runs_on is RunsOn.EKS and service.capacity is not Capacity.FARGATE:
        yield f'{key}.capacity: "{service.capacity}" is for runs_on "ecs" only'
    if service.runs_on is RunsOn.EKS and service.generated_secrets:
        name = service.generated_secrets[0]
        yield f'{key}.secrets.{name}: "generated" is for runs_on "ecs" only; an ARN is allowed'
    if service.runs_on is RunsOn.ECS and service.namespace:
        yield f'{key}.namespace: "{service.namespace}" is for runs_on "eks" only'
    if service.capacity is Capacity.EC2 and config.ecs.instances is None:
        yield f'{key}.capacity: "ec2" needs [ecs.instances]; fargate or spot is allowed without'


def _image(key: str, service: ServiceConfig, *, stage: Stage) -> Iterator[str]:
    version = service.version()
    if stage is Stage.PRODUCTION and not FULL_VERSION.fullmatch(version):
        yield (
            f"{key}.image: {version!r} is a floating tag; production allows a digest "
            "(@sha256:…) or a full version (:1.4.2)"
        )
    elif version == ":latest":
        yield f"{key}.image: ':latest' means another image every day; name a version or a digest"


def _health(key: str, service: ServiceConfig, *, stage: Stage) -> Iterator[str]:
    watched = service.path or service.health_command or service.runs_on is RunsOn.EKS
    if stage is Stage.PRODUCTION and not watched:
        yield (
            f"{key}.health_command: missing; without {key}.path nothing else would notice that "
            "the service hangs"
        )


def _size(key: str, service: ServiceConfig, *, stage: Stage) -> Iterator[str]:
    scaling = service.scaling
    if scaling.max < scaling.min:
        yield f"{key}.scaling.max: {scaling.max} is under {key}.scaling.min {scaling.min}"
    if stage is Stage.PRODUCTION and scaling.min < LEAST_TASKS:
        yield (
            f"{key}.scaling.min: {scaling.min} ends with its zone; production allows "
            f"{LEAST_TASKS} or more"
        )
    if service.runs_on is RunsOn.EKS or service.capacity is Capacity.EC2:
        return
    if service.cpu not in FARGATE:
        sizes = ", ".join(map(str, FARGATE))
        yield f"{key}.cpu: {service.cpu} is not sold by Fargate; allowed are {sizes}"
    elif service.memory not in FARGATE[service.cpu]:
        sold = FARGATE[service.cpu]
        yield (
            f"{key}.memory: {service.memory} is not sold by Fargate with cpu {service.cpu}; "
            f"allowed are {sold[0]} to {sold[-1]} in steps of {sold[1] - sold[0]}"
        )


def _classes(key: str, service: ServiceConfig) -> Iterator[str]:
    for use in ("reads", "writes"):
        declared: tuple[str, ...] = getattr(service, use)
        for data_class, _prefix in portions(declared):
            if not service.data_class.may_see(data_class):
                yield (
                    f'{key}.{use}: "{data_class}" is above {key}.data_class '
                    f'"{service.data_class}", the most that it may see'
                )
    if service.path and service.data_class is DataClass.CONFIDENTIAL:
        yield (
            f"{key}.path: {service.path} would offer confidential data to the Internet; "
            "a service with a path may see important or general"
        )


def _variables(key: str, service: ServiceConfig) -> Iterator[str]:
    for name in sorted(service.environment.keys() & service.secrets.keys()):
        yield f"{key}.environment: {name} stands in {key}.secrets too"
    for table in ("environment", "secrets"):
        for name in sorted(getattr(service, table).keys() & set(RESERVED)):
            yield f"{key}.{table}: {name} is set by the platform; another name is allowed"


def _deployment(key: str, service: ServiceConfig, config: EnvironmentConfig) -> Iterator[str]:
    if service.path is None:
        if service.sticky_seconds:
            yield f"{key}.sticky_seconds: used with {key}.path only"
        if service.scaling.requests:
            yield f"{key}.scaling.requests: requests are counted with {key}.path only"
    shifts = service.deployment is not Deployment.ROLLING and service.runs_on is RunsOn.ECS
    if shifts and not (service.path and getattr(config.rooms, "edge", False)):
        yield (
            f'{key}.deployment: "{service.deployment}" shifts requests at the load balancer; '
            f"{key}.path and rooms.edge are needed, or rolling is allowed"
        )


def _paths(services: dict[str, ServiceConfig]) -> Iterator[str]:
    taken = [(name, service.path) for name, service in services.items() if service.path]
    for (first, path), (second, other) in combinations(taken, 2):
        if f"{path}/".startswith(f"{other}/") or f"{other}/".startswith(f"{path}/"):
            yield f"services.{second}.path: {other} overlaps services.{first}.path {path}"
        if priority(first) == priority(second):
            yield (
                f"services.{second}: its rule at the load balancer would take the place of "
                f"services.{first}'s; another name is allowed"
            )


def _cluster(config: EnvironmentConfig) -> Iterator[str]:
    if not config.rooms.ecs:
        return
    network = config.network
    shell = (("ssmmessages", "ecs.shell"),) if config.ecs.shell else ()
    if network.nat is Nat.NONE:
        for service, key in (*((one, "rooms.ecs") for one in ENDPOINTS), *shell):
            if service not in network.interface_endpoints:
                yield f"network.interface_endpoints: {service} missing; {key} calls it from the VPC"
        if config.ecs.instances:
            yield "ecs.instances: instances need NAT; network.nat single or per_zone is allowed"
    if config.ecs.shell and config.stage is Stage.PRODUCTION:
        yield "ecs.shell: true opens shells beside patient data; production allows false"
