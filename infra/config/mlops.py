"""What an environment file says about the MLOps room. Costs of each key: docs/mlops.md."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from infra.config.base import Model

Instance = Annotated[str, Field(pattern=r"^ml\.[a-z0-9-]+\.[a-z0-9-]+$")]
UserName = Annotated[str, Field(pattern=r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$")]
Version = Annotated[int, Field(ge=1)]
Share = Annotated[int, Field(ge=1, le=100)]


class Mlflow(StrEnum):
    """Where experiments are tracked."""

    NONE = "none"
    APP = "app"
    """Serverless: nothing is paid while nobody uses it."""
    SERVER = "server"
    """The older tracking server, paid by the hour."""


class FeatureStore(StrEnum):
    """Where the pipeline puts features."""

    OFF = "off"
    OFFLINE = "offline"
    """An Iceberg table in the lake."""
    ONLINE = "online"
    """The same, and a store that answers single records."""


class DriftCheck(StrEnum):
    """How often captured requests are held against the training data."""

    OFF = "off"
    DAILY = "daily"
    """The day before: an endpoint needs at least 100 requests a day."""
    MONTHLY = "monthly"
    """The month before."""


class QualityCheck(StrEnum):
    """How often answers are held against what turned out to be true."""

    OFF = "off"
    MONTHLY = "monthly"
    """The month before last, so that there is a month for the truth; nothing without any."""


class ManagedBy(StrEnum):
    """Who makes and changes the endpoint."""

    NOBODY = "nobody"
    APPROVAL = "approval"
    """A function that a person's approval of a version starts."""
    TEMPLATE = "template"
    """CloudFormation, with the versions named here: for A/B and shadow tests."""


class EndpointKind(StrEnum):
    """How an endpoint of the template answers."""

    REAL_TIME = "real_time"
    SERVERLESS = "serverless"
    """No VPC, no isolation and no capture: not in production."""
    ASYNC = "async"
    """Requests and answers are objects; for large ones."""


class Routing(StrEnum):
    """How traffic moves to a new version."""

    ALL_AT_ONCE = "all_at_once"
    CANARY = "canary"
    LINEAR = "linear"


class StudioConfig(Model):
    """SageMaker Studio, in the VPC only. Names become user profiles."""

    enabled: bool = False
    auth: Literal["iam", "sso"] = "iam"
    """sso: names are those of IAM Identity Center, which must be in the same Region."""
    data_scientists: tuple[UserName, ...] = ()
    ml_engineers: tuple[UserName, ...] = ()
    idle_minutes: Annotated[int, Field(ge=60, le=525_600)] = 60
    """An application that nobody uses for so long is shut down."""
    largest_volume_gb: Annotated[int, Field(ge=5, le=16_384)] = 100


class TrainingConfig(Model):
    """The clinical pipeline."""

    dataset: Literal["breast_cancer", "diabetes"] = "breast_cancer"
    """A data contract in mlops/steps/contracts."""
    records: Annotated[str, Field(pattern=r"^[a-zA-Z0-9=._/-]+$")] = "source="
    """Prefix of the records in the important bucket."""
    algorithm: Literal["logistic", "boosting"] = "logistic"
    image: Annotated[str, Field(pattern=r"^(:[a-zA-Z0-9._-]{1,128}|@sha256:[0-9a-f]{64})$")] = ":1"
    """:tag or @sha256:digest of the step image in the room's own repository."""
    schedule: Annotated[str, Field(pattern=r"^(cron|rate)\(.+\)$")] | None = None
    """When it runs by itself, in Asia/Tokyo, for example cron(0 2 ? * SUN *); absent: never."""
    processing_instance: Instance = "ml.m7i.large"
    training_instance: Instance = "ml.m7i.xlarge"
    instances: Annotated[int, Field(ge=1, le=32)] = 1
    """Instances of a training job; more than one needs distribution."""
    distribution: Literal["none", "torchrun", "sagemaker", "horovod"] = "none"
    tune: bool = False
    """Search hyperparameters with eight training jobs."""


class EndpointConfig(Model):
    """The endpoint of the clinical model, off until there is a model."""

    managed_by: ManagedBy = ManagedBy.NOBODY
    kind: EndpointKind = EndpointKind.REAL_TIME
    instance: Instance = "ml.m7i.large"
    instances: Annotated[int, Field(ge=1, le=100)] = 1
    """At least so many; two or more in production."""
    most_instances: Annotated[int, Field(ge=1, le=100)] | None = None
    """The endpoint grows up to here; absent: it does not."""
    requests_an_instance: Annotated[int, Field(ge=1)] = 60_000
    """Requests a minute and instance that autoscaling aims at."""
    memory_mb: Literal[1024, 2048, 3072, 4096, 5120, 6144] = 2048
    """Of a serverless endpoint."""
    concurrency: Annotated[int, Field(ge=1, le=200)] = 5
    """Requests that a serverless endpoint or an instance of an async one works on at once."""
    version: Version | None = None
    """The version in the registry that serves."""
    challenger: Version | None = None
    """A version that takes challenger_percent of the requests: an A/B test."""
    challenger_percent: Annotated[int, Field(ge=1, le=50)] = 10
    shadow: Version | None = None
    """A version that gets copies of shadow_percent of the requests; nobody sees its answers."""
    shadow_percent: Share = 100
    routing: Routing = Routing.CANARY
    step_percent: Annotated[int, Field(ge=1, le=50)] = 10
    """Size of the canary or of a linear step."""
    bake_minutes: Annotated[int, Field(ge=0, le=60)] = 10
    """How long alarms watch each step before the next."""
    capture_percent: Share = 100
    """Requests and answers that are kept, encrypted, in the confidential bucket."""
    most_errors: Annotated[int, Field(ge=1)] = 5
    """Server errors in a minute above which an update is rolled back."""
    most_latency_ms: Annotated[int, Field(ge=1)] = 100
    """99th percentile of the model's time above which an update is rolled back."""
    model_monitor_baseline: Annotated[str, Field(pattern=r"^s3://[^/]+/.+[^/]$")] | None = None
    """Folder with statistics.json and constraints.json of the version's Prepare step: SageMaker
    Model Monitor watches as well. It is closed to accounts that did not use it by 2026-07-30."""
    model_monitor_quality: Annotated[str, Field(pattern=r"^s3://[^/]+/.+[^/]$")] | None = None
    """Folder with constraints.json of the version's Evaluate step: it watches quality as well."""


class ReleaseConfig(Model):
    """From the registry to endpoints, and back to training."""

    approvers: Annotated[str, Field(pattern=r"^[A-Za-z0-9_+=,.@-]{1,32}$")] = "IryoModelApprover"
    """Permission set of IAM Identity Center whose members may approve versions."""
    second_approval: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,31}$")] | None = None
    """Stage of the version's life cycle that must be approved too, for example Production."""
    accounts: tuple[Annotated[str, Field(pattern=r"^\d{12}$")], ...] = ()
    """Accounts of the organisation that deploy from this registry."""
    registry: Annotated[str, Field(pattern=r"^\d{12}$")] | None = None
    """Account whose registry is deployed here; absent: this one's. With it the three below."""
    registry_group: Annotated[str, Field(pattern=r"^[a-z0-9](-*[a-z0-9]){0,62}$")] | None = None
    """Its model package group, output ModelPackageGroup of its stack."""
    registry_bucket: Annotated[str, Field(pattern=r"^[a-z0-9.-]{3,63}$")] | None = None
    """Its important bucket, output ImportantBucket."""
    registry_key: Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:kms:.+:key/.+$")] | None = None
    """ARN of its key for important data."""
    drift: DriftCheck = DriftCheck.DAILY
    quality: QualityCheck = QualityCheck.MONTHLY
    cool_down_hours: Annotated[int, Field(ge=1, le=8760)] = 24
    """After a retraining, drift starts none for so long."""
    most_retrainings: Annotated[int, Field(ge=1, le=100)] = 4
    """Retrainings in period_days after which a person is asked."""
    period_days: Annotated[int, Field(ge=1, le=365)] = 30


class AlertsConfig(Model):
    """Who is told beside contacts.operations, who gets mail."""

    slack_workspace: Annotated[str, Field(pattern=r"^T[A-Z0-9]{8,}$")] | None = None
    """Workspace id, authorised once by hand in Amazon Q Developer in chat applications."""
    slack_channel: Annotated[str, Field(pattern=r"^[CG][A-Z0-9]{8,}$")] | None = None
    pagerduty_secret: Annotated[str, Field(pattern=r"^[A-Za-z0-9/_+=.@-]{1,256}$")] | None = None
    """Name of the secret that holds PagerDuty's integration address, which is a credential."""


class OfflineConfig(Model):
    """Scoring of files without an endpoint: small ones in Lambda, large ones in Batch."""

    version: Version | None = None
    """The version in the registry that scores; absent: the room has none of it."""
    largest_mb: Annotated[int, Field(ge=1, le=512)] = 16
    """Files up to here are scored in Lambda."""
    most_vcpus: Annotated[int, Field(ge=1, le=256)] = 4


class AirflowConfig(Model):
    """Amazon MWAA as another orchestrator of the same jobs."""

    enabled: bool = False
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")] = "3.0.6"
    size: Literal["mw1.micro", "mw1.small", "mw1.medium", "mw1.large"] = "mw1.small"


class KubeflowConfig(Model):
    """Kubeflow Pipelines on a cluster that has it, as another orchestrator of the same jobs."""

    cluster: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$")] | None = None
    """Name of the EKS cluster, with its Pod Identity agent; absent: nothing is made."""
    namespace: Annotated[str, Field(pattern=r"^[a-z0-9](-?[a-z0-9]){0,62}$")] = "kubeflow"
    service_account: Annotated[str, Field(pattern=r"^[a-z0-9](-?[a-z0-9]){0,62}$")] = (
        "pipeline-runner"
    )
    """What the pipelines' pods run as: it may start the pipeline's jobs, and reads no records."""


class MlopsConfig(Model):
    """The MLOps room, used when rooms.mlops is on."""

    training: TrainingConfig = TrainingConfig()
    studio: StudioConfig = StudioConfig()
    mlflow: Mlflow = Mlflow.NONE
    mlflow_server_size: Literal["Small", "Medium", "Large"] = "Small"
    feature_store: FeatureStore = FeatureStore.OFF
    endpoint: EndpointConfig = EndpointConfig()
    release: ReleaseConfig = ReleaseConfig()
    alerts: AlertsConfig = AlertsConfig()
    offline: OfflineConfig = OfflineConfig()
    airflow: AirflowConfig = AirflowConfig()
    kubeflow: KubeflowConfig = KubeflowConfig()
    job_logs: bool = True
    """Make SageMaker's log groups of the account, encrypted and with an end. Off in the second
    environment of an account, which would find them made."""
