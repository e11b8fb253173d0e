"""Checks of the MLOps room that concern more than one key."""

from collections.abc import Iterator

from infra.config.mlops import (
    AlertsConfig,
    DriftCheck,
    EndpointConfig,
    EndpointKind,
    FeatureStore,
    ManagedBy,
    Mlflow,
    MlopsConfig,
    ReleaseConfig,
)
from infra.config.models import EnvironmentConfig, Nat, Stage

MONITOR_REGIONS = ("ap-northeast-1", "ap-northeast-2", "ap-southeast-1", "us-east-1", "us-west-2")
NO_MLFLOW_APP = ("ap-northeast-3",)
"""Regions without AWS::SageMaker::MlflowApp, by the resource schemas of November 2026."""
TWO = 2
"""Instances of an endpoint that outlives one of them."""


def mlops_mistakes(config: EnvironmentConfig) -> Iterator[str]:
    """Yield a sentence for each rule that the room's keys break; none while it is off."""
    if not config.rooms.mlops:
        return
    mlops = config.mlops
    yield from _interface_endpoints(config)
    yield from _training(mlops)
    yield from _studio(mlops)
    yield from _endpoint(mlops.endpoint)
    yield from _scaling(mlops.endpoint, nat=config.network.nat)
    yield from _release(mlops.release, organization=config.account.organization_id)
    yield from _alerts(mlops.alerts)
    if mlops.airflow.enabled and config.network.nat is Nat.NONE:
        yield "mlops.airflow.enabled: true needs NAT; network.nat single or per_zone is allowed"
    if mlops.endpoint.model_monitor_baseline and config.account.region not in MONITOR_REGIONS:
        yield (
            f"mlops.endpoint.model_monitor_baseline: account.region is {config.account.region}; "
            f"its analyser is known in {', '.join(MONITOR_REGIONS)}"
        )
    if mlops.mlflow is Mlflow.APP and config.account.region in NO_MLFLOW_APP:
        yield (
            f'mlops.mlflow: "app" does not exist in account.region {config.account.region}; '
            "none or server is allowed"
        )
    if config.stage is Stage.PRODUCTION:
        yield from _production(mlops)


def _interface_endpoints(config: EnvironmentConfig) -> Iterator[str]:
    """Models never use NAT, whatever network.nat says: their security group does not let them."""
    mlops = config.mlops
    needed = {
        "sagemaker.api": "rooms.mlops",
        **({"sagemaker.runtime": "mlops.studio"} if mlops.studio.enabled else {}),
        **(
            {"sagemaker.featurestore-runtime": "mlops.feature_store"}
            if mlops.feature_store is not FeatureStore.OFF
            else {}
        ),
    }
    if mlops.offline.version and config.network.nat is Nat.NONE:
        needed |= dict.fromkeys(("ecr.api", "ecr.dkr", "logs"), "mlops.offline")
    for service, key in needed.items():
        if service not in config.network.interface_endpoints:
            yield f"network.interface_endpoints: {service} missing; {key} calls it from the VPC"


def _training(mlops: MlopsConfig) -> Iterator[str]:
    training = mlops.training
    if training.instances > 1 and training.distribution == "none":
        yield (
            f"mlops.training.instances: {training.instances} instances need a distribution; "
            "mlops.training.distribution torchrun, sagemaker or horovod is allowed"
        )
    if training.instances == 1 and training.distribution != "none":
        yield (
            f"mlops.training.distribution: {training.distribution} spreads over instances; "
            "mlops.training.instances 2 or more is allowed"
        )
    if training.instances > 1 and training.algorithm != "logistic":
        yield (
            f"mlops.training.algorithm: {training.algorithm} trains on one instance; "
            "mlops.training.instances 1 is allowed"
        )


def _studio(mlops: MlopsConfig) -> Iterator[str]:
    names = (*mlops.studio.data_scientists, *mlops.studio.ml_engineers)
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        yield f"mlops.studio: {', '.join(doubled)} stands there twice; one role a person is allowed"
    if names and not mlops.studio.enabled:
        yield f"mlops.studio.enabled: false, but there are users ({names[0]}); true is allowed"
    if mlops.mlflow is not Mlflow.NONE and not mlops.studio.enabled:
        yield f'mlops.mlflow: "{mlops.mlflow}" is used from Studio; mlops.studio.enabled must be on'


def _endpoint(endpoint: EndpointConfig) -> Iterator[str]:
    key = "mlops.endpoint"
    tests = {"challenger": endpoint.challenger, "shadow": endpoint.shadow}
    given = [name for name, version in tests.items() if version]
    if endpoint.managed_by is ManagedBy.TEMPLATE and endpoint.version is None:
        yield f"{key}.version: missing; the version of the registry that serves is needed"
    if endpoint.managed_by is not ManagedBy.TEMPLATE:
        for name in [*(["version"] if endpoint.version else []), *given]:
            yield f'{key}.{name}: used with {key}.managed_by "template" only'
        if endpoint.kind is not EndpointKind.REAL_TIME:
            yield f'{key}.kind: "{endpoint.kind}" is made with {key}.managed_by "template" only'
    if endpoint.kind is not EndpointKind.REAL_TIME:
        for name in given:
            yield f'{key}.{name}: AWS allows it on "real_time" endpoints, not on {endpoint.kind}'
        if endpoint.model_monitor_baseline:
            yield f'{key}.model_monitor_baseline: "real_time" is watched, not {endpoint.kind}'
    if endpoint.model_monitor_baseline and endpoint.managed_by is not ManagedBy.TEMPLATE:
        yield f'{key}.model_monitor_baseline: used with {key}.managed_by "template" only'
    if endpoint.model_monitor_quality and endpoint.model_monitor_baseline is None:
        yield f"{key}.model_monitor_baseline: missing; {key}.model_monitor_quality goes with it"


def _scaling(endpoint: EndpointConfig, *, nat: Nat) -> Iterator[str]:
    key = "mlops.endpoint.most_instances"
    if endpoint.most_instances is None:
        return
    if endpoint.most_instances < endpoint.instances:
        yield (
            f"{key}: {endpoint.most_instances} is under mlops.endpoint.instances "
            f"{endpoint.instances}; that or more is allowed"
        )
    if endpoint.managed_by is ManagedBy.NOBODY:
        yield f'{key}: nobody makes an endpoint; managed_by "approval" or "template" is allowed'
    if endpoint.kind is EndpointKind.SERVERLESS:
        yield f'{key}: "serverless" scales by itself, up to mlops.endpoint.concurrency'
    if endpoint.managed_by is ManagedBy.APPROVAL and nat is Nat.NONE:
        yield f"{key}: Application Auto Scaling is called through NAT; network.nat is none"


def _release(release: ReleaseConfig, *, organization: str | None) -> Iterator[str]:
    if release.accounts and not organization:
        yield (
            "mlops.release.accounts: only accounts of the organisation are let in; "
            "account.organization_id is missing"
        )
    keys = ("registry", "registry_group", "registry_bucket", "registry_key")
    missing = [key for key in keys if getattr(release, key) is None]
    if 0 < len(missing) < len(keys):
        yield f"mlops.release.{missing[0]}: missing; {', '.join(keys)} go together"


def _alerts(alerts: AlertsConfig) -> Iterator[str]:
    if (alerts.slack_workspace is None) != (alerts.slack_channel is None):
        lacking = "workspace" if alerts.slack_workspace is None else "channel"
        yield f"mlops.alerts.slack_{lacking}: missing; workspace and channel go together"


def _production(mlops: MlopsConfig) -> Iterator[str]:
    endpoint = mlops.endpoint
    if endpoint.kind is EndpointKind.SERVERLESS:
        yield (
            'mlops.endpoint.kind: "serverless" has no VPC, no isolation and no data capture; '
            "production allows real_time or async"
        )
    if endpoint.managed_by is ManagedBy.NOBODY:
        return
    if endpoint.instances < TWO:
        yield (
            f"mlops.endpoint.instances: {endpoint.instances} is lost with its zone; "
            f"production allows {TWO} or more"
        )
    if endpoint.managed_by is ManagedBy.APPROVAL and mlops.release.second_approval is None:
        yield "mlops.release.second_approval: missing; production needs a second, manual approval"
    if mlops.release.drift is DriftCheck.OFF:
        yield 'mlops.release.drift: "off" watches nothing; production allows daily or monthly'
