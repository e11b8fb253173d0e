"""The pipelines: the very definitions that the laptop runs, written into the template."""

from dataclasses import replace

import aws_cdk as cdk
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from compliance.waivers import waive
from infra.config import DataClass
from mlops.pipeline_definition import (
    ClinicalSettings,
    Distribution,
    Pipeline,
    clinical_pipeline,
    drift_pipeline,
    quality_pipeline,
    scoring_pipeline,
)
from mlops.room import names, waivers
from mlops.room.job_roles import JobRoles
from mlops.room.room import Room

NOT_YET = "not-yet"
"""Default of a parameter that each start gives: what serves is known only then."""
MOST_STEPS = 4
"""Steps of a run at once."""


class Pipelines(Construct):
    """Clinical, drift, quality and scoring. Each definition is checked when it is built.

    Raises DefinitionError, which names pipeline, step and key, when one cannot be deployed.
    """

    clinical: sagemaker.CfnPipeline

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        roles: JobRoles,
        image: str,
        feature_group: str | None,
    ) -> None:
        super().__init__(scope, construct_id)
        settings = clinical_settings(room, roles=roles, image=image, feature_group=feature_group)
        self._role_arn = roles.pipeline.role_arn
        self.clinical = self._pipeline(
            "Clinical",
            clinical_pipeline(settings),
            name=room.names.clinical,
            description="From records to a registered model, or to the reason why not",
            data_class=DataClass.IMPORTANT,
        )
        if feature_group:
            waive(self.clinical, waivers.features_call_aws(room.config))
        watching = monitoring_settings(room, settings, roles=roles)
        bucket = f"s3://{room.data.confidential.bucket_name}"
        not_yet = f"{settings.artifact_uri}/{NOT_YET}"
        captures = {
            "captured_uri": f"{bucket}/{names.CAPTURE}",
            "data_class": DataClass.CONFIDENTIAL.value,
        }
        self._pipeline(
            "Drift",
            drift_pipeline(
                watching,
                # Places of their own: on the laptop a folder stands in for each.
                baseline_uri=f"{not_yet}/baseline",
                explanation_uri=f"{not_yet}/explanation",
                model_uri=f"{not_yet}/model",
                **captures,
            ),
            name=room.names.drift,
            description="Captured requests and explanations against training; Failed on drift",
            data_class=DataClass.CONFIDENTIAL,
        )
        self._pipeline(
            "Quality",
            quality_pipeline(
                watching,
                evaluation_uri=not_yet,
                truth_uri=f"{bucket}/{names.TRUTH}",
                **captures,
            ),
            name=room.names.quality,
            description="Answers against what turned out to be true; Failed when they got worse",
            data_class=DataClass.CONFIDENTIAL,
        )
        self._pipeline(
            "Scoring",
            scoring_pipeline(settings, name=room.names.scoring),
            name=room.names.scoring,
            description="A batch transform of files with a deployed model",
            data_class=DataClass.IMPORTANT,
        )

    def _pipeline(
        self,
        construct_id: str,
        pipeline: Pipeline,
        *,
        name: str,
        description: str,
        data_class: DataClass,
    ) -> sagemaker.CfnPipeline:
        body = cdk.Stack.of(self).to_json_string(pipeline.to_definition())
        made = sagemaker.CfnPipeline(
            self,
            construct_id,
            pipeline_name=name,
            pipeline_display_name=name,
            pipeline_description=description,
            pipeline_definition={"PipelineDefinitionBody": body},
            parallelism_configuration={"MaxParallelExecutionSteps": MOST_STEPS},
            role_arn=self._role_arn,
        )
        cdk.Tags.of(made).add("data-class", data_class)
        return made


def clinical_settings(
    room: Room, *, roles: JobRoles, image: str, feature_group: str | None
) -> ClinicalSettings:
    """Return what of the clinical pipeline the environment file and the other rooms decide."""
    training, bucket = room.config.mlops.training, room.data.important.bucket_name
    # A job's instances meet no network ACL while they share a subnet.
    subnets = room.subnets if training.instances == 1 else room.subnets[:1]
    return ClinicalSettings(
        name=room.names.clinical,
        package_group=room.names.package_group,
        role_arn=roles.jobs.role_arn,
        image=image,
        kms_key=room.security.important_key.key_arn,
        data_uri=f"s3://{bucket}/{training.records}",
        artifact_uri=f"s3://{bucket}/{names.PIPELINES}/{room.names.clinical}",
        subnets=subnets,
        security_groups=room.security_groups,
        tags=room.job_tags(),
        dataset=training.dataset,
        algorithm=training.algorithm,
        processing_instance=training.processing_instance,
        training_instance=training.training_instance,
        inference_instances=(room.config.mlops.endpoint.instance,),
        training_count=training.instances,
        distribution=Distribution(training.distribution),
        tune=training.tune,
        feature_group=feature_group,
    )


def monitoring_settings(
    room: Room, settings: ClinicalSettings, *, roles: JobRoles
) -> ClinicalSettings:
    """Return the settings of a job that sees captured requests, which are confidential."""
    bucket = room.data.confidential.bucket_name
    return replace(
        settings,
        role_arn=roles.monitoring.role_arn,
        kms_key=room.security.confidential_key.key_arn,
        artifact_uri=f"s3://{bucket}/{names.MONITORING}/{room.names.clinical}",
        tags=room.job_tags(DataClass.CONFIDENTIAL),
    )
