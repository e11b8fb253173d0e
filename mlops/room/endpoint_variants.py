"""Models and variants of the endpoint that the template makes."""

from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from compliance.waivers import waive
from infra.config.mlops import EndpointConfig, EndpointKind
from mlops.pipeline_definition.safeguards import LOCAL_DISK
from mlops.release import VARIANT
from mlops.room import waivers
from mlops.room.registry import packages_of
from mlops.room.room import Room

CHALLENGER, SHADOW = "challenger", "shadow"
WHOLE = 100
Variant = sagemaker.CfnEndpointConfig.ProductionVariantProperty


class Models(Construct):
    """One model a version of the registry: its image and archive come from there.

    The alpha package's Model takes an image and an archive, not a version: no fingerprint, and no
    approval, would stand between the two.
    """

    def __init__(self, scope: Construct, construct_id: str, *, room: Room, role: iam.IRole) -> None:
        super().__init__(scope, construct_id)
        self._room, self._role = room, role
        self._serverless = room.config.mlops.endpoint.kind is EndpointKind.SERVERLESS

    def of(self, version: int) -> str:
        """Return the name of a version's model, made at the first call.

        The name is given, since CloudFormation tells only the ARN, which has small letters.
        """
        room = self._room
        name = f"{room.names.endpoint}-v{version}{'-serverless' if self._serverless else ''}"
        if self.node.try_find_child(f"Version{version}") is None:
            self._make(version, name)
        return name

    def _make(self, version: int, name: str) -> None:
        room = self._room
        model = sagemaker.CfnModel(
            self,
            f"Version{version}",
            model_name=name,
            execution_role_arn=self._role.role_arn,
            containers=[
                sagemaker.CfnModel.ContainerDefinitionProperty(
                    model_package_name=f"{packages_of(room)}/{version}"
                )
            ],
            enable_network_isolation=None if self._serverless else True,
            vpc_config=None
            if self._serverless
            else sagemaker.CfnModel.VpcConfigProperty(
                subnets=list(room.subnets), security_group_ids=list(room.security_groups)
            ),
        )
        if self._serverless:
            waive(model, *waivers.serverless_model(room.config))


def serving(settings: EndpointConfig, models: Models) -> list[Variant]:
    """Return the variants whose answers callers get; weights are percent of the requests."""
    assert settings.version  # noqa: S101 (the configuration was checked)
    share = settings.challenger_percent if settings.challenger else 0
    variants = [_variant(settings, VARIANT, models.of(settings.version), weight=WHOLE - share)]
    if settings.challenger:
        variants.append(
            _variant(settings, CHALLENGER, models.of(settings.challenger), weight=share)
        )
    return variants


def shadows(settings: EndpointConfig, models: Models) -> list[Variant]:
    """Return the variant that gets copies of requests.

    Its weight is relative to the serving variant's: https://docs.aws.amazon.com/sagemaker/latest/dg/shadow-tests.html
    """
    if settings.shadow is None:
        return []
    weight = settings.shadow_percent
    return [_variant(settings, SHADOW, models.of(settings.shadow), weight=weight)]


def _variant(settings: EndpointConfig, name: str, model: str, *, weight: int) -> Variant:
    if settings.kind is EndpointKind.SERVERLESS:
        return Variant(
            variant_name=name,
            model_name=model,
            initial_variant_weight=weight / WHOLE,
            serverless_config=sagemaker.CfnEndpointConfig.ServerlessConfigProperty(
                max_concurrency=settings.concurrency, memory_size_in_mb=settings.memory_mb
            ),
        )
    return Variant(
        variant_name=name,
        model_name=model,
        initial_variant_weight=weight / WHOLE,
        instance_type=settings.instance,
        initial_instance_count=settings.instances,
        enable_ssm_access=False,
    )


def volume_key(settings: EndpointConfig, key: str) -> str | None:
    """Return the key of the volumes; instances with local disks encrypt those in hardware."""
    return None if LOCAL_DISK.match(settings.instance) else key
