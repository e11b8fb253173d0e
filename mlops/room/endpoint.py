"""The endpoint that the template makes: A/B and shadow variants, guarded updates, captures."""

import hashlib
from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_applicationautoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from compliance.waivers import waive
from infra.config import DataClass
from infra.config.mlops import EndpointConfig, EndpointKind
from mlops.release import EXPECTED_TAG, VARIANT, VERSION_TAG, Rollout, Routing
from mlops.room import names, waivers
from mlops.room.endpoint_variants import Models, serving, shadows, volume_key
from mlops.room.properties import properties
from mlops.room.room import Room

MINUTE = 60
Config = sagemaker.CfnEndpointConfig


class Endpoint(Construct):
    """Serves the versions that the environment file names.

    Made of L1 resources: the alpha package's endpoint has no guardrails, capture or shadows.
    Captured requests and the volumes that hold them are under the confidential key.
    """

    resource: sagemaker.CfnEndpoint

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        role: iam.IRole,
        guards: Sequence[cloudwatch.Alarm],
    ) -> None:
        super().__init__(scope, construct_id)
        settings = room.config.mlops.endpoint
        models = Models(self, "Models", room=room, role=role)
        name = config_name(room.names.endpoint, settings)
        config = self._config(room, settings, models, name=name)
        self.resource = sagemaker.CfnEndpoint(
            self,
            "Endpoint",
            endpoint_name=room.names.endpoint,
            endpoint_config_name=name,
            deployment_config=None
            if settings.kind is EndpointKind.SERVERLESS
            else _rollout(settings, guards),
            retain_deployment_config=settings.kind is not EndpointKind.SERVERLESS,
        )
        self.resource.add_resource_dependency(config)
        if settings.kind is EndpointKind.SERVERLESS:
            waive(self.resource, waivers.serverless_update(room.config))
        own = cdk.Tags.of(self.resource)
        own.add(EXPECTED_TAG, name)
        own.add(VERSION_TAG, str(settings.version))
        if settings.most_instances:
            self._scale(room, settings, most=settings.most_instances)
        cdk.Tags.of(self).add("data-class", DataClass.CONFIDENTIAL)

    def _config(self, room: Room, settings: EndpointConfig, models: Models, *, name: str) -> Config:
        key = room.security.confidential_key.key_arn
        bucket = room.data.confidential.bucket_name
        captures = settings.kind is not EndpointKind.SERVERLESS
        config = Config(
            self,
            "Config",
            endpoint_config_name=name,
            production_variants=serving(settings, models),
            shadow_production_variants=shadows(settings, models) or None,
            kms_key_id=volume_key(settings, key),
            data_capture_config=Config.DataCaptureConfigProperty(
                enable_capture=True,
                initial_sampling_percentage=settings.capture_percent,
                destination_s3_uri=f"s3://{bucket}/{names.CAPTURE}",
                kms_key_id=key,
                capture_options=[
                    Config.CaptureOptionProperty(capture_mode=mode) for mode in ("Input", "Output")
                ],
            )
            if captures
            else None,
            async_inference_config=_asynchronous(settings, bucket=bucket, key=key),
        )
        config.node.add_dependency(models)
        return config

    def _scale(self, room: Room, settings: EndpointConfig, *, most: int) -> None:
        target = autoscaling.CfnScalableTarget(
            self,
            "Scaling",
            service_namespace="sagemaker",
            scalable_dimension="sagemaker:variant:DesiredInstanceCount",
            resource_id=f"endpoint/{room.names.endpoint}/variant/{VARIANT}",
            min_capacity=settings.instances,
            max_capacity=most,
        )
        target.node.add_dependency(self.resource)
        tracking = autoscaling.CfnScalingPolicy.TargetTrackingScalingPolicyConfigurationProperty(
            target_value=settings.requests_an_instance,
            predefined_metric_specification=autoscaling.CfnScalingPolicy.PredefinedMetricSpecificationProperty(
                predefined_metric_type="SageMakerVariantInvocationsPerInstance"
            ),
            # Out at once, in slowly: starting an instance takes minutes.
            scale_out_cooldown=MINUTE,
            scale_in_cooldown=10 * MINUTE,
        )
        autoscaling.CfnScalingPolicy(
            self,
            "Requests",
            policy_name=f"{room.names.endpoint}-requests",
            policy_type="TargetTrackingScaling",
            scaling_target_id=target.ref,
            target_tracking_scaling_policy_configuration=tracking,
        )


def config_name(endpoint: str, settings: EndpointConfig) -> str:
    """Return the configuration's name: another one whenever a setting has changed.

    A configuration cannot be changed, and the update is what the alarms guard.
    """
    digest = hashlib.sha256(settings.model_dump_json().encode()).hexdigest()
    return f"{endpoint}-{digest[:8]}"


def _rollout(settings: EndpointConfig, guards: Sequence[cloudwatch.Alarm]) -> dict[str, object]:
    """Return the guarded update: what `mlops.release` hands to SageMaker at an approval."""
    rollout = Rollout(
        routing=Routing(settings.routing.value.upper()),
        percent=settings.step_percent,
        wait_seconds=settings.bake_minutes * MINUTE,
        alarms=tuple(alarm.alarm_name for alarm in guards),
    )
    return dict(properties(rollout.to_request()))


def _asynchronous(
    settings: EndpointConfig, *, bucket: str, key: str
) -> Config.AsyncInferenceConfigProperty | None:
    if settings.kind is not EndpointKind.ASYNC:
        return None
    return Config.AsyncInferenceConfigProperty(
        client_config=Config.AsyncInferenceClientConfigProperty(
            max_concurrent_invocations_per_instance=settings.concurrency
        ),
        output_config=Config.AsyncInferenceOutputConfigProperty(
            kms_key_id=key,
            s3_output_path=f"s3://{bucket}/{names.ASYNC}/answers",
            s3_failure_path=f"s3://{bucket}/{names.ASYNC}/failures",
        ),
    )
