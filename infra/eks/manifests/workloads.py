"""A service of the environment file as Kubernetes objects, hardened as Pod Security asks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from infra.config.services import Deployment, ServiceConfig
from infra.eks.manifests.canary import analysis_template, rollout
from infra.eks.manifests.objects import DATA_CLASS, NAME, Object, made
from infra.eks.manifests.secrets import FOLDER, provider_class, synced

USER = 10_001
"""Who processes run as; images need not know the number."""
ARCHITECTURES = {"arm64": "arm64", "x86_64": "amd64"}
DATABASES = (5432, 3306)
POD_IDENTITY_AGENT = "169.254.170.23/32"
"""https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html"""
PROBE_SECONDS = 5


@dataclass(frozen=True, kw_only=True)
class Placing:
    """What the environment knows of a service and its file does not.

    `image`: full address. `role_arn`: for IRSA only. `environment`: variables that the platform
    sets. `scraper`: networks that metrics are collected from. `databases`: networks of databases.
    """

    namespace: str
    image: str
    identity: str = "pod_identity"
    role_arn: str | None = None
    environment: dict[str, str] = field(default_factory=dict)
    application: Sequence[str] = ()
    databases: Sequence[str] = ()
    prometheus: str = ""
    region: str = ""
    target_group: str | None = None
    """ARN of the edge's group that requests for the service's path go to."""


def workload(name: str, service: ServiceConfig, placing: Placing) -> Iterator[Object]:
    """Yield the objects of a service."""
    labels = {NAME: name, DATA_CLASS: service.data_class.value}

    def one(api_version: str, kind: str, called: str = name, **body: Any) -> Object:
        return made(api_version, kind, called, namespace=placing.namespace, labels=labels, **body)

    selector = {"matchLabels": {NAME: name}}
    template = {"metadata": {"labels": labels}, "spec": pod(name, service, placing)}
    account = one("v1", "ServiceAccount", automountServiceAccountToken=False)
    yield _account(account, placing)
    if service.secrets:
        yield one(
            "secrets-store.csi.x-k8s.io/v1",
            "SecretProviderClass",
            **provider_class(
                name, service.secrets, region=placing.region, identity=placing.identity
            ),
        )
    yield one("v1", "Service", spec=_ports(name))
    if placing.target_group:
        yield one("eks.amazonaws.com/v1", "TargetGroupBinding", spec=_binding(name, placing))
    canary = service.deployment is Deployment.CANARY
    if canary:
        yield one("v1", "Service", f"{name}-canary", spec=_ports(name))
        yield one(
            "argoproj.io/v1alpha1",
            "AnalysisTemplate",
            spec=analysis_template(placing.prometheus, region=placing.region),
        )
        yield one(
            "argoproj.io/v1alpha1", "Rollout", spec=rollout(name, service, selector, template)
        )
    else:
        yield one("apps/v1", "Deployment", spec=_deployment(selector, template))
    yield one("autoscaling/v2", "HorizontalPodAutoscaler", spec=_scaling(name, service, canary))
    yield one(
        "policy/v1",
        "PodDisruptionBudget",
        spec={"maxUnavailable": 1, "selector": selector},
    )
    yield one("networking.k8s.io/v1", "NetworkPolicy", spec=_network(service, selector, placing))


def pod(name: str, service: ServiceConfig, placing: Placing) -> Object:
    """Return the specification of a service's pod."""
    volumes: list[Object] = []
    if service.scratch:
        volumes.append({"name": "tmp", "emptyDir": {"sizeLimit": "1Gi"}})
    if service.secrets:
        driver = {
            "driver": "secrets-store.csi.k8s.io",
            "readOnly": True,
            "volumeAttributes": {"secretProviderClass": name},
        }
        volumes.append({"name": "secrets", "csi": driver})
    zones = {
        "maxSkew": 1,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": {NAME: name}},
    }
    return {
        "serviceAccountName": name,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "nodeSelector": {"kubernetes.io/arch": ARCHITECTURES[service.architecture]},
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": USER,
            "fsGroup": USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "terminationGracePeriodSeconds": service.stop_seconds,
        "topologySpreadConstraints": [zones],
        "containers": [container(name, service, placing)],
        **({"volumes": volumes} if volumes else {}),
    }


def container(name: str, service: ServiceConfig, placing: Placing) -> Object:
    """Return the one container of a service's pod."""
    size = {"cpu": f"{service.cpu * 1000 // 1024}m", "memory": f"{service.memory}Mi"}
    mounts = [
        *([{"name": "tmp", "mountPath": "/tmp"}] if service.scratch else []),  # noqa: S108 (theirs)
        *([{"name": "secrets", "mountPath": FOLDER, "readOnly": True}] if service.secrets else []),
    ]
    ports = [{"name": "https", "containerPort": service.port}]
    if service.metrics_port:
        ports.append({"name": "metrics", "containerPort": service.metrics_port})
    values = {**placing.environment, **service.environment}
    return {
        "name": name,
        "image": placing.image,
        "imagePullPolicy": "IfNotPresent",
        **({"command": list(service.command)} if service.command else {}),
        "ports": ports,
        "env": [
            *({"name": key, "value": value} for key, value in sorted(values.items())),
            *synced(name, service.secrets),
        ],
        "resources": {
            "requests": {**size, "ephemeral-storage": "256Mi"},
            "limits": {**size, "ephemeral-storage": "2Gi"},
        },
        "startupProbe": _probe(service, failures=-(-service.start_seconds // PROBE_SECONDS)),
        "readinessProbe": _probe(service, failures=2),
        "livenessProbe": _probe(service, failures=3, seconds=2 * PROBE_SECONDS),
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        **({"volumeMounts": mounts} if mounts else {}),
    }


def _probe(service: ServiceConfig, *, failures: int, seconds: int = PROBE_SECONDS) -> Object:
    return {
        "httpGet": {"path": service.health_path, "port": "https", "scheme": "HTTPS"},
        "timeoutSeconds": 3,
        "periodSeconds": seconds,
        "failureThreshold": failures,
    }


def _account(account: Object, placing: Placing) -> Object:
    if placing.role_arn:
        account["metadata"]["annotations"] = {
            "eks.amazonaws.com/role-arn": placing.role_arn,
            "eks.amazonaws.com/sts-regional-endpoints": "true",
        }
    return account


def _ports(name: str) -> Object:
    return {
        "type": "ClusterIP",
        "selector": {NAME: name},
        "ports": [{"name": "https", "port": 443, "targetPort": "https", "protocol": "TCP"}],
    }


def _binding(name: str, placing: Placing) -> Object:
    """Return what makes the pods known to the edge's load balancer, by their own addresses."""
    return {
        "serviceRef": {"name": name, "port": 443},
        "targetGroupARN": placing.target_group,
        "targetType": "ip",
    }


def _deployment(selector: Object, template: Object) -> Object:
    return {
        "revisionHistoryLimit": 5,
        "progressDeadlineSeconds": 600,
        "selector": selector,
        "strategy": {
            "type": "RollingUpdate",
            "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0},
        },
        "template": template,
    }


def _scaling(name: str, service: ServiceConfig, canary: bool) -> Object:
    target = (
        {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout"}
        if canary
        else {"apiVersion": "apps/v1", "kind": "Deployment"}
    )
    use = {"type": "Utilization", "averageUtilization": service.scaling.cpu_percent}
    return {
        "scaleTargetRef": {**target, "name": name},
        "minReplicas": service.scaling.min,
        "maxReplicas": service.scaling.max,
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": use}}],
    }


def _network(service: ServiceConfig, selector: Object, placing: Placing) -> Object:
    """Open what a service needs in the closed namespace: callers beside it, AWS, databases."""

    def to(*ports: int) -> list[Object]:
        return [{"protocol": "TCP", "port": number} for number in ports]

    def networks(cidrs: Sequence[str]) -> list[Object]:
        return [{"ipBlock": {"cidr": cidr}} for cidr in cidrs]

    ingress: list[Object] = [{"from": [{"podSelector": {}}], "ports": to(service.port)}]
    if service.metrics_port and placing.application:
        ingress.append({"from": networks(placing.application), "ports": to(service.metrics_port)})
    if placing.target_group:
        # The load balancer is in the same subnets; its security group opens this port only.
        ingress.append({"from": networks(placing.application), "ports": to(service.port)})
    egress: list[Object] = [
        # Security groups narrow this to endpoints, S3 and, with NAT, other systems.
        {"to": networks(["0.0.0.0/0"]), "ports": to(443)},
        {"to": [{"podSelector": {}}], "ports": to(service.port)},
    ]
    if placing.identity == "pod_identity":
        egress.append({"to": networks([POD_IDENTITY_AGENT]), "ports": to(80)})
    if placing.databases:
        egress.append({"to": networks(placing.databases), "ports": to(*DATABASES)})
    return {
        "podSelector": selector,
        "policyTypes": ["Ingress", "Egress"],
        "ingress": ingress,
        "egress": egress,
    }
