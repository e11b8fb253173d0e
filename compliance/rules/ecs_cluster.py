"""Clusters of ECS are observed and keep what is typed into containers, encrypted."""

from collections.abc import Iterator

from compliance.reading.checks import expect, look, objects, own_key
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text


def _check(cluster: Resource, context: Context) -> Iterator[Problem]:
    settings = {
        look(one, "Name"): look(one, "Value") for one in objects(cluster, "ClusterSettings")
    }
    if settings.get("containerInsights") not in ("enabled", "enhanced"):
        yield Problem("Container Insights is off", finding="containerInsights")
    at = "Configuration.ExecuteCommandConfiguration"
    yield from expect(cluster, f"{at}.Logging", "OVERRIDE")
    yield from own_key(cluster, f"{at}.KmsKeyId", context)


RULE = Rule(
    id="IRYO-ECS-CLUSTER",
    title=Text(
        "ECS clusters have Container Insights and an encrypted log of commands",
        "ECS クラスターに Container Insights があり、コマンドの記録が暗号化される",
    ),
    remedy=Text(
        "Set container_insights_v2 and execute_command_configuration (OVERRIDE, kms_key, "
        "encrypted log).",
        "container_insights_v2 と execute_command_configuration（OVERRIDE、kms_key、暗号化し"
        "たログ）を設定する。",
    ),
    topic=Topic.MONITORING,
    types=("AWS::ECS::Cluster",),
    check=_check,
)
