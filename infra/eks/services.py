"""Services with runs_on = "eks": a role from what each declares, and its objects."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_eks as eks
from constructs import Construct, IDependable

from infra.config import ServiceConfig
from infra.config.eks import Identity
from infra.config.eks_checks import namespace_of
from infra.config.services import RunsOn, bucket_variable, portions
from infra.ecs.needs import data_access, secret_access
from infra.edge.stack import SERVICE_PORT
from infra.edge.target import forward, open_port, target_group
from infra.eks.cluster import ClusterConstruct
from infra.eks.deployment import Deployment
from infra.eks.manifests.workloads import Placing, workload
from infra.eks.roles import EksRole, pod_trust, token_trust
from infra.eks.room import Room


class Services(Construct):
    """One custom resource a service, so that a change of one leaves the others alone."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        cluster: ClusterConstruct,
        deployment: Deployment,
        prometheus: str,
        after: Sequence[IDependable],
    ) -> None:
        super().__init__(scope, construct_id)
        self._room, self._cluster, self._deployment = room, cluster, deployment
        self._prometheus, self._after = prometheus, after
        for name, service in room.config.services.items():
            if service.runs_on is RunsOn.EKS:
                self._add(name, service)

    def _add(self, name: str, service: ServiceConfig) -> None:
        room, config = self._room, self._room.config
        namespace = namespace_of(service, config.stage)
        fargate = namespace in config.eks.fargate
        identity = Identity.IRSA if fargate else config.eks.identity
        role, waits = self._identity(name, service, namespace, identity)
        placing = Placing(
            namespace=namespace,
            image=f"{room.repository(service.repository(name))[1]}{service.version()}",
            identity=identity.value,
            role_arn=role if identity is Identity.IRSA else None,
            environment=self._environment(name, service),
            application=[str(cidr) for cidr in config.network.application_cidrs],
            databases=[str(cidr) for cidr in config.network.data_cidrs],
            prometheus=self._prometheus,
            region=cdk.Aws.REGION,
            target_group=self._front(name, service, waits),
        )
        self._deployment.apply(
            f"Service-{name}",
            list(workload(name, service, placing)),
            where=f"services.{name}",
            after=[*self._after, *waits],
        )

    def _front(self, name: str, service: ServiceConfig, waits: list[IDependable]) -> str | None:
        """Make the way from the edge to the service; Auto Mode puts the pods into its group."""
        room, edge = self._room, self._room.edge
        if not (edge and service.path):
            return None
        # Auto Mode may change groups with this tag only.
        ours = [cdk.CfnTag(key="eks:eks-cluster-name", value=room.cluster)]
        group = target_group(
            self, f"{name}-targets", vpc_id=room.network.vpc.vpc_id, service=service, tags=ours
        )
        rule = forward(self, f"{name}-rule", edge=edge, name=name, path=service.path, group=group)
        if service.port != SERVICE_PORT:
            open_port(
                self,
                edge=edge,
                group=room.security_groups[0],
                name=name,
                port=service.port,
                prefix=f"{name}-",
            )
        waits.append(rule)
        return group.ref

    def _identity(
        self, name: str, service: ServiceConfig, namespace: str, identity: Identity
    ) -> tuple[str, list[IDependable]]:
        room, cluster = self._room, self._cluster
        pods = {"namespace": namespace, "account": name}
        role = EksRole(
            self,
            f"{name}-role",
            description=f"Pods of {name}: what its file declares",
            trust=token_trust(issuer=cluster.issuer, provider=cluster.provider, **pods)
            if identity is Identity.IRSA
            else pod_trust(cluster=room.cluster, **pods),
            statements=[*data_access(room, name, service), *secret_access(room, service.secrets)],
        )
        waits: list[IDependable] = [role.policy] if role.policy else []
        if identity is Identity.POD_IDENTITY:
            waits.append(
                eks.CfnPodIdentityAssociation(
                    self,
                    f"{name}-identity",
                    cluster_name=cluster.resource.ref,
                    namespace=namespace,
                    service_account=name,
                    role_arn=role.arn,
                )
            )
        cdk.Tags.of(self.node.find_child(f"{name}-role")).add("data-class", service.data_class)
        return role.arn, waits

    def _environment(self, name: str, service: ServiceConfig) -> dict[str, str]:
        """Return the variables that a task of ECS has, too."""
        stores = self._room.stores
        classes = {one for one, _ in portions((*service.reads, *service.writes))}
        return {
            **{bucket_variable(one): stores[one][0].bucket_name for one in classes},
            "SERVICE": name,
            "STAGE": self._room.config.stage.value,
            "PORT": str(service.port),
            "AWS_REGION": cdk.Aws.REGION,
        }
