"""What an environment file says about a service: `[services.<name>]`.

The same words make an ECS service or a Kubernetes workload. Costs of each key: docs/services.md.
"""

import hashlib
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from infra.config.base import Model
from infra.config.classes import DataClass

# [repository](:tag | @sha256:digest); the repository is one of the environment's own registry.
IMAGE = (
    r"^([a-z0-9]+([._/-][a-z0-9]+)*)?"
    r"(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}|@sha256:[0-9a-f]{64})$"
)
GENERATED = "generated"
PRIORITIES = 50_000
"""Priorities of a listener's rules, from 1."""
# Its last six characters are part of a secret's ARN; :key:: picks one member of its JSON.
ARN = (
    r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}"
    r"(:[A-Za-z0-9_.-]+::)?"
)
ServiceName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,22}[a-z0-9]$")]
VariableName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,63}$")]
SecretSource = Annotated[str, Field(pattern=rf"^({GENERATED}|{ARN})$")]
Portion = Annotated[str, Field(pattern=r"^(confidential|important|general)(/[A-Za-z0-9=._-]+)*/?$")]
Port = Annotated[int, Field(ge=1024, le=65535)]


class RunsOn(StrEnum):
    """The room that runs a service."""

    ECS = "ecs"
    EKS = "eks"


class Capacity(StrEnum):
    """What a task of ECS runs on."""

    FARGATE = "fargate"
    SPOT = "spot"
    """Fargate, and Fargate Spot for tasks above scaling.min: up to 70 percent cheaper, may be
    stopped with two minutes' notice."""
    EC2 = "ec2"
    """The instances of [ecs.instances]."""


class Deployment(StrEnum):
    """How a new version takes over."""

    ROLLING = "rolling"
    """Task by task."""
    CANARY = "canary"
    """A share of the requests first, then all."""
    BLUE_GREEN = "blue_green"
    """All requests at once, with the old version kept ready for bake_minutes."""


class ScalingConfig(Model):
    """How many tasks or pods run."""

    min: Annotated[int, Field(ge=1, le=100)] = 2
    max: Annotated[int, Field(ge=1, le=500)] = 4
    cpu_percent: Annotated[int, Field(ge=10, le=90)] = 60
    """CPU use that scaling aims at."""
    requests: Annotated[int, Field(ge=1)] | None = None
    """Requests a minute and task that scaling aims at as well; needs path."""


class ServiceConfig(Model):
    """A container that answers HTTPS. Only image has no default."""

    runs_on: RunsOn = RunsOn.ECS
    image: Annotated[str, Field(pattern=IMAGE)]
    """[repository]:tag or [repository]@sha256:digest in the environment's own registry; without a
    repository, that of the service's name. Production takes a digest or a full version (1.4.2)."""
    command: tuple[str, ...] = ()
    """Instead of the image's own."""
    cpu: Annotated[int, Field(ge=256, le=16_384)] = 512
    """1024 are a processor."""
    memory: Annotated[int, Field(ge=512, le=122_880)] = 1024
    """MiB."""
    architecture: Literal["arm64", "x86_64"] = "arm64"
    port: Port = 8443
    """Where the container speaks TLS."""
    metrics_port: Port | None = None
    """Where it offers /metrics for Prometheus; absent: it does not."""
    health_path: Annotated[str, Field(pattern=r"^/[A-Za-z0-9/_.-]*$")] = "/health"
    health_command: tuple[str, ...] = ()
    """ECS: ends with 0 in the container while it is well; absent: the load balancer alone asks."""
    start_seconds: Annotated[int, Field(ge=5, le=600)] = 60
    """How long a starting container may be unhealthy."""
    stop_seconds: Annotated[int, Field(ge=5, le=120)] = 30
    """How long it may finish what it does after SIGTERM."""
    scaling: ScalingConfig = ScalingConfig()
    capacity: Capacity = Capacity.FARGATE
    """ECS only."""
    data_class: DataClass = DataClass.GENERAL
    """The most protected class that it may see."""
    reads: tuple[Portion, ...] = ()
    """Classes, or folders in them (important/models), that it reads."""
    writes: tuple[Portion, ...] = ()
    """Classes, or folders in them, that it writes; a class alone means class/services/<name>."""
    secrets: dict[VariableName, SecretSource] = Field(default_factory=dict)
    """Environment variable = ARN of a secret under the environment's confidential key, or
    "generated": one of 64 random characters is made (ECS only)."""
    environment: dict[VariableName, str] = Field(default_factory=dict)
    """Values that are no secrets."""
    path: Annotated[str, Field(pattern=r"^(/[A-Za-z0-9_.-]+)+$")] | None = None
    """What the edge sends here: /records also means all below it; absent: internal only."""
    sticky_seconds: Annotated[int, Field(ge=1, le=604_800)] | None = None
    """How long a client stays with one task; absent: it does not."""
    deployment: Deployment = Deployment.ROLLING
    canary_percent: Annotated[int, Field(ge=1, le=50)] = 10
    bake_minutes: Annotated[int, Field(ge=1, le=1440)] = 10
    """How long alarms watch a canary or a new version before the old one goes."""
    scratch: bool = False
    """A writable /tmp; everything else is read-only."""
    namespace: Literal["production", "staging", "ml-inference", "hpc"] | None = None
    """EKS only; absent: production in production, staging elsewhere."""

    @property
    def given_secrets(self) -> dict[str, str]:
        """Return the ARNs of secrets that exist, by environment variable."""
        return {name: arn for name, arn in self.secrets.items() if arn != GENERATED}

    @property
    def generated_secrets(self) -> tuple[str, ...]:
        """Return the environment variables of secrets that are made."""
        return tuple(sorted(self.secrets.keys() - self.given_secrets.keys()))

    def repository(self, name: str) -> str:
        """Return the repository of the registry that holds the image of the named service."""
        return self.image.partition("@")[0].partition(":")[0] or name

    def version(self) -> str:
        """Return the image's tag or digest with its separator: `:1.4.2` or `@sha256:…`."""
        digest = self.image.find("@")
        return self.image[digest if digest >= 0 else self.image.find(":") :]


def extra_ports(services: dict[str, ServiceConfig], *, standard: int) -> tuple[int, ...]:
    """Return the ports, besides the standard one, on which services are reached, in order."""
    ports = {port for one in services.values() for port in (one.port, one.metrics_port) if port}
    return tuple(sorted(ports - {standard}))


def priority(name: str) -> int:
    """Return the priority of a service's rule at the load balancer's listener.

    It depends on the name alone, so that a new service moves nobody else's rule. Paths of services
    do not overlap, so the order decides nothing.
    """
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) % PRIORITIES + 1


def bucket_variable(data_class: DataClass) -> str:
    """Return the environment variable that tells a service the bucket of a declared class."""
    return f"{data_class.upper()}_BUCKET"


def portions(declared: tuple[str, ...]) -> list[tuple[DataClass, str]]:
    """Split what a service declares into classes and key prefixes ("" for a whole class).

    important/models and important/models/ both mean what lies in that folder, important/source=
    every key that begins so.
    """
    split = [entry.rstrip("/").partition("/") for entry in declared]
    return [
        (DataClass(data_class), f"{prefix}/" if prefix and not prefix.endswith("=") else prefix)
        for data_class, _, prefix in split
    ]
