"""The CDK app: `cdk synth -c environment=production`, or `python app.py production`.

The only module that knows all rooms. One root stack per environment; each room is a nested stack.
"""

import gc

if __name__ == "__main__":
    # The process ends with its one app: looking for garbage among its objects costs a tenth of it.
    gc.disable()

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import aws_cdk as cdk

from compliance import gate
from compliance.defaults import apply_defaults
from infra.assets import AssetError
from infra.config import ConfigError, EnvironmentConfig, load, path_of
from infra.config.errors import DescriptionError, NotJudgedError
from infra.config.registry_checks import needs_registry
from infra.data.stack import DataOutputs, DataStack
from infra.eks.manifests.errors import ManifestError
from infra.ingestion.stack import IngestionOutputs, IngestionStack
from infra.network.stack import NetworkStack
from infra.security.stack import SecurityStack
from mlops.pipeline_definition import DefinitionError

if TYPE_CHECKING:
    from hpc.stack import HpcOutputs
    from infra.edge.stack import EdgeOutputs
    from mlops.stack import MlopsOutputs

DEFAULT_ENVIRONMENT = "dev"
DEFAULT_OUTDIR = "cdk.out"


class IryoStack(cdk.Stack):
    """An environment: the rooms, each handed the Outputs of the rooms it needs."""

    def __init__(
        self, app: cdk.App, *, config: EnvironmentConfig, layer_platform: str | None = None
    ) -> None:
        super().__init__(
            app,
            f"iryo-{config.name}",
            env=cdk.Environment(account=config.account.id, region=config.account.region),
            description=f"Iryo medical platform, {config.name}",
            termination_protection=config.stage == "production",
            permissions_boundary=cdk.PermissionsBoundary.from_name(config.permissions_boundary)
            if config.permissions_boundary
            else None,
        )
        security = SecurityStack(self, "Security", config=config).outputs
        network = NetworkStack(self, "Network", config=config, security=security).outputs
        data = DataStack(self, "Data", config=config, security=security).outputs
        ingestion = IngestionStack(
            self,
            "Ingestion",
            config=config,
            security=security,
            network=network,
            data=data,
            layer_platform=layer_platform,
        ).outputs
        self._show(data, ingestion)
        registry = None
        if needs_registry(config):
            from infra.registry.stack import RegistryStack  # noqa: PLC0415 (as below)

            registry = RegistryStack(self, "Registry", config=config, security=security).outputs
        edge = None
        if config.rooms.edge:
            from infra.edge.stack import EdgeStack  # noqa: PLC0415 (as below)

            edge = EdgeStack(
                self, "Edge", config=config, security=security, network=network, data=data
            ).outputs
            self._show_edge(edge)
        if config.rooms.ecs and registry:
            from infra.ecs.stack import EcsStack  # noqa: PLC0415 (as below)

            ecs = EcsStack(
                self,
                "Ecs",
                config=config,
                security=security,
                network=network,
                data=data,
                registry=registry,
                edge=edge,
            ).outputs
            cdk.CfnOutput(self, "ServiceNames", value=ecs.domain)
        if config.rooms.eks:
            from infra.eks.stack import EksStack  # noqa: PLC0415 (as below)

            eks = EksStack(
                self,
                "Eks",
                config=config,
                security=security,
                network=network,
                data=data,
                registry=registry,
                edge=edge,
            ).outputs
            cdk.CfnOutput(self, "ClusterName", value=eks.name)
        if config.rooms.mlops:
            # Half a second that environments without the room save.
            from mlops.stack import MlopsStack  # noqa: PLC0415

            mlops = MlopsStack(
                self,
                "Mlops",
                config=config,
                security=security,
                network=network,
                data=data,
                layer_platform=layer_platform,
            ).outputs
            self._show_mlops(mlops)

        if config.rooms.hpc and config.hpc.wanted:
            from hpc.stack import HpcStack  # noqa: PLC0415 (as above)

            hpc = HpcStack(
                self, "Hpc", config=config, security=security, network=network, data=data
            ).outputs
            self._show_hpc(hpc)

    def _show(self, data: DataOutputs, ingestion: IngestionOutputs) -> None:
        """Print after a deployment what people and scripts ask for."""
        shown = {
            "ApiUrl": ingestion.url,
            "ConfidentialBucket": data.confidential.bucket_name,
            "ImportantBucket": data.important.bucket_name,
            "QuarantineBucket": data.quarantine.bucket_name,
            "StreamName": ingestion.stream.stream_name,
            "EventBusName": ingestion.bus.event_bus_name,
            "PseudonymKeySecret": ingestion.pseudonym_key.secret_arn,
            "ReceiveFunction": ingestion.receive_function.function_name,
            "DeidentifyFunction": ingestion.deidentify_function.function_name,
        }
        for name, value in shown.items():
            cdk.CfnOutput(self, name, value=value)

    def _show_edge(self, edge: "EdgeOutputs") -> None:
        from infra.edge.global_stack import BALANCER, ORIGIN  # noqa: PLC0415

        cdk.CfnOutput(self, BALANCER, value=edge.load_balancer_dns)
        cdk.CfnOutput(self, ORIGIN, value=edge.vpc_origin_id)

    def _show_mlops(self, mlops: "MlopsOutputs") -> None:
        shown = {
            "ClinicalPipeline": mlops.pipeline,
            "ModelPackageGroup": mlops.package_group,
            "ModelEndpoint": mlops.endpoint,
            "StepImage": mlops.image,
            "ApproverRole": mlops.approver.role_arn,
        }
        for name, value in shown.items():
            cdk.CfnOutput(self, name, value=value)

    def _show_hpc(self, hpc: "HpcOutputs") -> None:
        cdk.CfnOutput(self, "HpcArtefactBucket", value=hpc.artefact_bucket)
        for name, fingerprint in hpc.fingerprints.items():
            cdk.CfnOutput(
                self,
                "ClusterFingerprint" + "".join(part.capitalize() for part in name.split("-")),
                value=fingerprint,
                description=f"SHA-256 of the configuration of cluster {name} that was judged",
            )


def build_app(
    config: EnvironmentConfig,
    outdir: Path | None = None,
    *,
    layer_platform: str | None = None,
    validate: bool = True,
) -> cdk.App:
    """Build the tree of an environment without synthesising it.

    `layer_platform` chooses other Lambda layers than the configured ones (the rehearsal runs
    functions on this machine). Without `validate`, only templates are made: no rule is asked.
    """
    settings = json.loads((Path(__file__).parent / "cdk.json").read_text())
    app = cdk.App(
        outdir=str(outdir) if outdir else None,
        context=settings["context"],
        analytics_reporting=False,
        # The gate runs the same validator over nested templates too; CDK's own sees none of them.
        builtin_cloud_formation_validation=False,
    )
    apply_defaults(app, config)
    home = IryoStack(app, config=config, layer_platform=layer_platform)
    if config.rooms.edge:
        from infra.edge.global_stack import EdgeGlobalStack  # noqa: PLC0415

        EdgeGlobalStack(app, config=config, home=home)
    if validate:
        gate.add_packs(app, config)
    return app


def _tell_costs(config: EnvironmentConfig) -> None:
    """Say what clusters cost while nobody uses them."""
    if config.rooms.hpc and config.hpc.clusters:
        from hpc.costs import notes  # noqa: PLC0415 (as above)
        from hpc.placeholders import ASSUMED_REGION  # noqa: PLC0415

        region = config.account.region or ASSUMED_REGION
        for line in notes(config.hpc.clusters, region=region):
            sys.stderr.write(f"note: {line}\n")


def main(arguments: list[str]) -> int:
    """Synthesise one environment and judge it. Return 0, 1 (a finding) or 2 (a wrong file)."""
    context = json.loads(os.environ.get("CDK_CONTEXT_JSON", "{}"))
    environment = arguments[0] if arguments else context.get("environment", DEFAULT_ENVIRONMENT)
    try:
        file = path_of(environment)
        config = load(file)
        outdir = Path(os.environ.get("CDK_OUTDIR", DEFAULT_OUTDIR))
        app = build_app(config, outdir, layer_platform=context.get("layer_platform"))
        code = gate.synthesise(app, config)
        _tell_costs(config)
        return code
    except ConfigError as error:
        sys.stderr.write("\n".join(error.sentences) + "\n")
    except DescriptionError as error:
        sys.stderr.write("\n".join(ConfigError(file, error.mistakes).sentences) + "\n")
    except NotJudgedError as error:
        sys.stderr.write(f"not judged: {error}\n")
        return 1
    except (AssetError, DefinitionError, ManifestError) as error:
        sys.stderr.write(f"{error}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
