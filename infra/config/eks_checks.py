"""Checks of the EKS room that concern more than one key."""

import re
from collections.abc import Iterator
from typing import get_args

from compliance.kubernetes_versions import supported
from infra.config.classes import DataClass
from infra.config.eks import Autoscaling, EksConfig, Namespace
from infra.config.models import EnvironmentConfig, Nat, Stage
from infra.config.services import Deployment, RunsOn, ServiceConfig

NAMESPACES: tuple[str, ...] = get_args(Namespace)
CLASSES: dict[str, DataClass] = {
    "production": DataClass.CONFIDENTIAL,
    "staging": DataClass.GENERAL,
    "ml-inference": DataClass.IMPORTANT,
    "hpc": DataClass.IMPORTANT,
}
"""The most protected class that each namespace may see; staging works with masked data."""
GRAVITON = re.compile(r"^[a-z]+\d+[a-z]*g[a-z]*\.")
ENDPOINTS = (
    *("autoscaling", "ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticloadbalancing"),
    *("logs", "sts"),
)
"""What nodes, add-ons and pods call from subnets without a way out."""


def namespace_of(service: ServiceConfig, stage: Stage) -> str:
    """Return the namespace that a service runs in."""
    return service.namespace or ("production" if stage is Stage.PRODUCTION else "staging")


def is_graviton(instance: str) -> bool:
    """Tell whether an instance type has an Arm processor of AWS."""
    return bool(GRAVITON.match(instance))


def eks_mistakes(config: EnvironmentConfig) -> Iterator[str]:
    """Yield a sentence for each rule that the room's keys break; none while it is off."""
    if not config.rooms.eks:
        return
    eks = config.eks
    allowed = supported()
    if eks.version not in allowed:
        yield (
            f'eks.version: "{eks.version}" is not in standard support; allowed are '
            + ", ".join(allowed)
        )
    yield from _nodes(eks)
    yield from _addons(eks)
    yield from _access(eks)
    yield from _charts(config)
    yield from _network(config)
    for name, service in config.services.items():
        if service.runs_on is RunsOn.EKS:
            yield from _service(f"services.{name}", service, config)


def _nodes(eks: EksConfig) -> Iterator[str]:
    for key in ("nodes", "gpu"):
        group = getattr(eks, key)
        if group.max < group.min:
            yield f"eks.{key}.max: {group.max} is under eks.{key}.min {group.min}"
        if len({is_graviton(instance) for instance in group.instances}) > 1:
            yield (
                f"eks.{key}.instances: {', '.join(group.instances)} are of two architectures; "
                "one image fits one"
            )


def _addons(eks: EksConfig) -> Iterator[str]:
    addons = eks.addons
    if not addons.kube_proxy.startswith(f"v{eks.version}."):
        yield (
            f"eks.addons.kube_proxy: {addons.kube_proxy} is not for eks.version {eks.version}; "
            f"v{eks.version}.x is allowed"
        )
    if addons.adot != "off" and addons.cert_manager == "off":
        yield "eks.addons.cert_manager: off, but eks.addons.adot needs it; a version is allowed"


def _access(eks: EksConfig) -> Iterator[str]:
    groups = {
        key: getattr(eks.access, key) for key in type(eks.access).model_fields if key != "region"
    }
    if any(groups.values()) and not eks.access.region:
        yield "eks.access.region: missing; the roles' ARNs hold the Region of Identity Center"
    named = [role for roles in groups.values() for role in roles]
    for role in sorted({role for role in named if named.count(role) > 1}):
        yield f"eks.access: {role} stands there twice; a role has one access entry"


def _charts(config: EnvironmentConfig) -> Iterator[str]:
    eks, charts = config.eks, config.eks.charts
    wanted = [key for key in ("argo_rollouts", "kyverno", "vault") if getattr(charts, key)]
    if wanted and not charts.mirror and config.network.nat is Nat.NONE:
        yield (
            f"eks.charts.mirror: false, but eks.charts.{wanted[0]} cannot be fetched without NAT; "
            "true is allowed"
        )
    if eks.signing_key and not charts.kyverno:
        yield "eks.charts.kyverno: missing; eks.signing_key is checked by it"


def _network(config: EnvironmentConfig) -> Iterator[str]:
    if config.network.nat is Nat.NONE:
        for service in ENDPOINTS:
            if service not in config.network.interface_endpoints:
                yield f"network.interface_endpoints: {service} missing; rooms.eks calls it"


def _at_the_edge(key: str, service: ServiceConfig, config: EnvironmentConfig) -> Iterator[str]:
    """Yield why a load balancer could not find the service's pods."""
    if config.eks.autoscaling is not Autoscaling.AUTO_MODE:
        yield (
            f"{key}.path: only Auto Mode makes pods known to a load balancer; "
            'eks.autoscaling = "auto_mode" or no path is allowed'
        )
    if namespace_of(service, config.stage) in config.eks.fargate:
        yield f"{key}.path: pods on Fargate are not in its reach; take the path out or Fargate"
    if service.deployment is Deployment.CANARY:
        yield (
            f'{key}.deployment: "canary" shifts between pods, which a path at the edge does not '
            "see; rolling is allowed with a path"
        )


def _service(key: str, service: ServiceConfig, config: EnvironmentConfig) -> Iterator[str]:
    eks, namespace = config.eks, namespace_of(service, config.stage)
    most = CLASSES[namespace]
    if not most.may_see(service.data_class):
        yield (
            f'{key}.data_class: "{service.data_class}" may not be seen in namespace {namespace}; '
            f"up to {most} is allowed there"
        )
    if service.secrets and namespace in eks.fargate:
        yield (
            f"{key}.secrets: the secrets driver does not run on Fargate; take {namespace} out of "
            "eks.fargate or the secrets out"
        )
    if service.secrets and eks.addons.aws_secrets_store_csi_driver_provider == "off":
        yield f"eks.addons.aws_secrets_store_csi_driver_provider: off, but {key}.secrets needs it"
    if service.path:
        yield from _at_the_edge(key, service, config)
    if service.deployment is Deployment.BLUE_GREEN:
        yield f'{key}.deployment: "blue_green" is for ECS; rolling or canary is allowed'
    if service.deployment is Deployment.CANARY:
        if not eks.charts.argo_rollouts:
            yield f'eks.charts.argo_rollouts: missing; {key}.deployment = "canary" needs it'
        if not eks.prometheus:
            yield f'eks.prometheus: false; {key}.deployment = "canary" is analysed with it'
        if not service.metrics_port:
            yield f'{key}.metrics_port: missing; {key}.deployment = "canary" is analysed with it'
    if eks.autoscaling is Autoscaling.NONE and namespace not in eks.fargate:
        graviton = is_graviton(eks.nodes.instances[0])
        if graviton != (service.architecture == "arm64"):
            yield (
                f"{key}.architecture: {service.architecture} does not run on eks.nodes.instances "
                f"{eks.nodes.instances[0]}"
            )
