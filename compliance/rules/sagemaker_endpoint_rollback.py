"""A new model that misbehaves is taken back by itself."""

from collections.abc import Iterator

from compliance.reading.checks import present
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(endpoint: Resource, _: Context) -> Iterator[Problem]:
    yield from present(endpoint, "DeploymentConfig.AutoRollbackConfiguration.Alarms")


RULE = Rule(
    id="IRYO-SAGEMAKER-ENDPOINT-ROLLBACK",
    title=Text(
        "SageMaker endpoints roll back on alarms",
        "SageMaker エンドポイントがアラームで自動的に戻る",
    ),
    remedy=Text(
        "Set DeploymentConfig.AutoRollbackConfiguration.Alarms.",
        "DeploymentConfig.AutoRollbackConfiguration.Alarms を設定する。",
    ),
    topic=Topic.CHANGE_MANAGEMENT,
    types=("AWS::SageMaker::Endpoint",),
    check=_check,
)
