"""A task definition and its two roles: what the service may do, and what starts it may do."""

from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.config import ServiceConfig
from infra.config.services import Capacity
from infra.ecs import needs
from infra.ecs.cluster import Cluster
from infra.ecs.containers import SCRATCH, Containers
from infra.ecs.roles import EcsRole
from infra.ecs.room import Room
from infra.ecs.secrets import Secrets
from infra.ingestion.log_group import log_group

Task = ecs.CfnTaskDefinition
CPU = {"arm64": "ARM64", "x86_64": "X86_64"}


class TaskDefinition(Construct):
    """What runs, as whom, and what that may do. `logs` is its log group."""

    logs: logs.LogGroup
    resource: ecs.CfnTaskDefinition

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        cluster: Cluster,
        name: str,
        service: ServiceConfig,
    ) -> None:
        super().__init__(scope, construct_id)
        self._room, self._name, self._service = room, name, service
        self.logs = log_group(self, "Logs", config=room.config, key=room.security.log_key)
        secrets = Secrets(self, "Secrets", room=room, name=name, service=service).arns
        containers = Containers(
            room=room,
            name=name,
            service=service,
            log_group=self.logs.log_group_name,
            secrets=secrets,
        )
        task, agent = self._task_role(cluster), self._agent_role(secrets)
        self.resource = Task(
            self,
            "Definition",
            family=f"{room.cluster}-{name}",
            network_mode="awsvpc",
            requires_compatibilities=[
                "MANAGED_INSTANCES" if service.capacity is Capacity.EC2 else "FARGATE"
            ],
            runtime_platform=Task.RuntimePlatformProperty(
                operating_system_family="LINUX", cpu_architecture=CPU[service.architecture]
            ),
            cpu=str(service.cpu),
            memory=str(service.memory),
            task_role_arn=task.arn,
            execution_role_arn=agent.arn,
            volumes=[Task.VolumeProperty(name=SCRATCH)] if service.scratch else [],
            container_definitions=list(containers.all()),
        )
        for role in (task, agent):
            if role.policy:
                self.resource.node.add_dependency(role.policy)

    def _task_role(self, cluster: Cluster) -> EcsRole:
        room = self._room
        routes, shells = room.config.ecs.log_router is not None, room.config.ecs.shell
        shell_log = cluster.shell_log.log_group_arn
        return EcsRole(
            self,
            "TaskRole",
            description=f"What the service {self._name} may do",
            statements=[
                *needs.data_access(room, self._name, self._service),
                *([needs.write_logs(self.logs.log_group_arn)] if routes else []),
                *(needs.shell(room, shell_log) if shells else []),
            ],
        )

    def _agent_role(self, secrets: dict[str, str]) -> EcsRole:
        router = self._room.config.ecs.log_router
        repositories = {self._service.repository(self._name)}
        if router:
            repositories.add(router.partition("@")[0].partition(":")[0])
        return EcsRole(
            self,
            "AgentRole",
            description=f"Starts the service {self._name}: image, secrets, log",
            statements=[
                *needs.pull([self._room.repository(one)[0] for one in sorted(repositories)]),
                needs.write_logs(self.logs.log_group_arn),
                *needs.secret_access(self._room, secrets),
            ],
        )
