"""Hardened containers: nobody's root, nothing to write to, no capability, no privilege."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs

from infra.config import ServiceConfig
from infra.config.services import Capacity, bucket_variable, portions
from infra.ecs.room import Room

Task = ecs.CfnTaskDefinition
USER = "10001:10001"
"""The user that images of services are built for; it owns nothing."""
SCRATCH, SCRATCH_PATH = "scratch", "/tmp"  # noqa: S108 (the container's own)
ROUTER = "log-router"
ROUTER_MEMORY = 64
"""MiB that the log router is sure of."""
LOG_BUFFER = "25m"
"""A line that cannot be sent waits here and is lost after: a full log must not stop a service."""
LONGEST_START = 300
"""Seconds; what ECS allows before failed health checks count."""


@dataclass(frozen=True, kw_only=True)
class Containers:
    """The containers of one service's tasks. `log_group` is a name, `secrets` holds ARNs."""

    room: Room
    name: str
    service: ServiceConfig
    log_group: str
    secrets: Mapping[str, str]

    def all(self) -> list[Task.ContainerDefinitionProperty]:
        """Return the service's own container, and the log router where there is one."""
        router = self.room.config.ecs.log_router
        return [self._own(routed=router is not None), *([self._router(router)] if router else [])]

    def _own(self, *, routed: bool) -> Task.ContainerDefinitionProperty:
        service = self.service
        ports = [port for port in (service.port, service.metrics_port) if port]
        return Task.ContainerDefinitionProperty(
            name=self.name,
            image=self._image(service.repository(self.name), service.version()),
            command=list(service.command) or None,
            essential=True,
            **self._hardened(),
            user=USER,
            port_mappings=[
                Task.PortMappingProperty(container_port=port, protocol="tcp") for port in ports
            ],
            environment=[
                Task.KeyValuePairProperty(name=key, value=value)
                for key, value in sorted(self._environment().items())
            ],
            secrets=[
                Task.SecretProperty(name=key, value_from=value)
                for key, value in sorted(self.secrets.items())
            ],
            mount_points=[
                Task.MountPointProperty(source_volume=SCRATCH, container_path=SCRATCH_PATH)
            ]
            if service.scratch
            else [],
            health_check=self._health(),
            stop_timeout=service.stop_seconds,
            log_configuration=self._routed_log() if routed else self._log(),
            depends_on=[Task.ContainerDependencyProperty(container_name=ROUTER, condition="START")]
            if routed
            else [],
        )

    def _health(self) -> Task.HealthCheckProperty | None:
        if not self.service.health_command:
            return None
        return Task.HealthCheckProperty(
            command=["CMD", *self.service.health_command],
            interval=15,
            timeout=5,
            retries=3,
            start_period=min(self.service.start_seconds, LONGEST_START),
        )

    def _environment(self) -> dict[str, str]:
        service, stores = self.service, self.room.stores
        classes = {one for one, _ in portions((*service.reads, *service.writes))}
        return {
            **service.environment,
            **{bucket_variable(one): stores[one][0].bucket_name for one in classes},
            "SERVICE": self.name,
            "STAGE": self.room.config.stage.value,
            "PORT": str(service.port),
            "AWS_REGION": cdk.Aws.REGION,
        }

    def _router(self, image: str) -> Task.ContainerDefinitionProperty:
        """Return Fluent Bit, which takes the service's lines over a socket of the task.

        FireLens hands it the socket as root, so it keeps its image's own user; it has no
        capability, and the task's role is all that it may do.
        """
        repository = image.partition("@")[0].partition(":")[0]
        return Task.ContainerDefinitionProperty(
            name=ROUTER,
            image=self._image(repository, image[len(repository) :]),
            essential=True,
            **self._hardened(),
            firelens_configuration=Task.FirelensConfigurationProperty(
                type="fluentbit", options={"enable-ecs-log-metadata": "true"}
            ),
            log_configuration=self._log(),
            memory_reservation=ROUTER_MEMORY,
        )

    def _hardened(self) -> dict[str, Any]:
        """Return what every container has.

        Fargate takes no security options; its containers cannot be privileged in any case:
        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-security-considerations.html
        """
        on_instances = self.service.capacity is Capacity.EC2
        return {
            "privileged": False,
            "readonly_root_filesystem": True,
            "linux_parameters": Task.LinuxParametersProperty(
                init_process_enabled=True,
                capabilities=Task.KernelCapabilitiesProperty(drop=["ALL"]),
            ),
            "docker_security_options": ["no-new-privileges"] if on_instances else None,
        }

    def _log(self) -> Task.LogConfigurationProperty:
        return Task.LogConfigurationProperty(
            log_driver="awslogs",
            options={
                "awslogs-group": self.log_group,
                "awslogs-region": cdk.Aws.REGION,
                "awslogs-stream-prefix": "task",
                "mode": "non-blocking",
                "max-buffer-size": LOG_BUFFER,
            },
        )

    def _routed_log(self) -> Task.LogConfigurationProperty:
        return Task.LogConfigurationProperty(
            log_driver="awsfirelens",
            options={
                "Name": "cloudwatch_logs",
                "region": cdk.Aws.REGION,
                "log_group_name": self.log_group,
                "log_stream_prefix": "task/",
                "auto_create_group": "false",
            },
        )

    def _image(self, repository: str, version: str) -> str:
        _arn, address = self.room.repository(repository)
        return f"{address}{version}"
