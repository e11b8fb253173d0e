"""The MLOps room: from de-identified records to a model that is watched."""

# What is optional is imported where it is wanted: CDK's modules of other services are large.
# ruff: noqa: PLC0415

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.config import DataClass, EnvironmentConfig
from infra.config.mlops import FeatureStore, ManagedBy
from infra.config.mlops import Mlflow as MlflowSetting
from infra.data.stack import DataOutputs
from infra.ingestion.code import packages
from infra.network.stack import NetworkOutputs
from infra.security.stack import SecurityOutputs
from mlops.room.alarms import Alarms
from mlops.room.alerts import Alerts
from mlops.room.approver import Approver
from mlops.room.drift import Drift
from mlops.room.failures import Failures
from mlops.room.images import StepImages
from mlops.room.job_logs import JobLogs
from mlops.room.job_roles import JobRoles
from mlops.room.names import Names
from mlops.room.notices import Notices
from mlops.room.pipelines import Pipelines
from mlops.room.registry import Registry
from mlops.room.release import Release
from mlops.room.room import Room
from mlops.room.schedules import Schedules
from mlops.room.sharing import HearRegistry, TellAccounts


@dataclass(frozen=True, kw_only=True)
class MlopsOutputs:
    """What people and other rooms see of the room. `image` is what every job runs."""

    pipeline: str
    package_group: str
    endpoint: str
    image: str
    approver: iam.IRole
    topic: sns.ITopic
    bus: events.IEventBus


class MlopsStack(cdk.NestedStack):
    """Wires the room; what is optional is in the environment file under [mlops].

    Raises DefinitionError when a pipeline's definition cannot be deployed.
    """

    outputs: MlopsOutputs

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        security: SecurityOutputs,
        network: NetworkOutputs,
        data: DataOutputs,
        layer_platform: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        key = security.important_key
        room = Room(
            config=config,
            security=security,
            network=network,
            data=data,
            names=Names.of(config),
            packages=packages(self, "Packages", config=config, platform=layer_platform),
            failures=Failures(self, "Failures", config=config, key=key).queue,
            bus=events.EventBus(self, "Bus", kms_key=key, description="Decisions about models"),
            topic=Alerts(self, "Alerts", config=config, key=key).topic,
        )
        cdk.Tags.of(self).add("data-class", DataClass.IMPORTANT, priority=1)
        JobLogs(self, "JobLogs", room=room)
        image = StepImages(self, "Images", room=room).uri
        roles = JobRoles(self, "Roles", room=room)
        self._pipelines(room, roles, image)
        self._serve(room, roles, image)
        self._tools(room, roles)
        self.outputs = MlopsOutputs(
            pipeline=room.names.clinical,
            package_group=Registry(self, "Registry", room=room).name,
            endpoint=room.names.endpoint,
            image=image,
            approver=Approver(self, "Approver", room=room).role,
            topic=room.topic,
            bus=room.bus,
        )

    def _pipelines(self, room: Room, roles: JobRoles, image: str) -> None:
        features = None
        if room.config.mlops.feature_store is not FeatureStore.OFF:
            from mlops.room.feature_store import ClinicalFeatures

            features = ClinicalFeatures(self, "Features", room=room).name
        self._made = Pipelines(
            self, "Pipelines", room=room, roles=roles, image=image, feature_group=features
        )

    def _serve(self, room: Room, roles: JobRoles, image: str) -> None:
        alarms = Alarms(self, "Alarms", room=room)
        Release(self, "Release", room=room, endpoint_role=roles.endpoint, guards=alarms.endpoint)
        drift = Drift(self, "Drift", room=room, alarms=alarms.checks)
        Notices(self, "Notices", room=room)
        Schedules(self, "Schedules", room=room, clinical=self._made.clinical, watch=drift.watch)
        if room.config.mlops.endpoint.managed_by is ManagedBy.TEMPLATE:
            self._endpoint(room, roles, alarms)
        if room.config.mlops.offline.version:
            from mlops.room.offline import OfflineScoring

            OfflineScoring(self, "Offline", room=room, image=image)
        release = room.config.mlops.release
        if release.accounts:
            TellAccounts(self, "TellAccounts", room=room)
        if release.registry:
            HearRegistry(self, "HearRegistry", room=room)

    def _endpoint(self, room: Room, roles: JobRoles, alarms: Alarms) -> None:
        from mlops.room.endpoint import Endpoint

        endpoint = Endpoint(
            self, "Endpoint", room=room, role=roles.endpoint, guards=alarms.endpoint
        ).resource
        if room.config.mlops.endpoint.model_monitor_baseline:
            from mlops.room.model_monitor import ModelMonitor

            ModelMonitor(self, "ModelMonitor", room=room, role=roles.monitoring, endpoint=endpoint)

    def _tools(self, room: Room, roles: JobRoles) -> None:
        mlops = room.config.mlops
        if mlops.studio.enabled:
            from mlops.room.studio import Studio
            from mlops.room.studio_roles import StudioRoles

            people = StudioRoles(self, "StudioRoles", room=room, jobs=roles.jobs)
            Studio(self, "Studio", room=room, people=people)
        if mlops.mlflow is not MlflowSetting.NONE:
            from mlops.room.mlflow import Mlflow

            Mlflow(self, "Mlflow", room=room)
        if mlops.airflow.enabled:
            from mlops.room.airflow import Airflow

            Airflow(self, "Airflow", room=room, roles=roles)
        if mlops.kubeflow.cluster:
            from mlops.room.kubeflow import Kubeflow

            Kubeflow(self, "Kubeflow", room=room, roles=roles, cluster=mlops.kubeflow.cluster)
