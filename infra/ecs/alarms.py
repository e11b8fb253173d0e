"""What is watched of a service. The first kind also rolls a deployment back."""

from typing import Any

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.config import ServiceConfig
from infra.ecs.front import Target
from infra.ecs.room import Room
from infra.edge.stack import EdgeOutputs

ERRORS = 5
"""Lines of level error, or answers 5xx, in a minute that a service may have."""
NAMESPACE = "Iryo/Services"


class Alarms(Construct):
    """`guards` are the names of those that stop a deployment."""

    guards: list[str]

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        name: str,
        service: ServiceConfig,
        log_group: logs.ILogGroup,
        front: tuple[EdgeOutputs, Target] | None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._room, self._name = room, name
        self.guards = [self._errors(log_group)]
        if front:
            self.guards.append(self._answers(*front))
        self._running(service.scaling.min)

    def _errors(self, log_group: logs.ILogGroup) -> str:
        metric = f"{self._room.cluster}/{self._name}/errors"
        logs.CfnMetricFilter(
            self,
            "ErrorLines",
            log_group_name=log_group.log_group_name,
            filter_pattern='{ $.level = "error" }',
            metric_transformations=[
                logs.CfnMetricFilter.MetricTransformationProperty(
                    metric_namespace=NAMESPACE,
                    metric_name=metric,
                    metric_value="1",
                    default_value=0,
                )
            ],
        )
        return self._alarm(
            "Errors",
            "The service logs errors",
            namespace=NAMESPACE,
            metric_name=metric,
            threshold=ERRORS,
        )

    def _answers(self, edge: EdgeOutputs, target: Target) -> str:
        return self._alarm(
            "Answers",
            "The service answers with server errors",
            namespace="AWS/ApplicationELB",
            metric_name="HTTPCode_Target_5XX_Count",
            dimensions={
                "LoadBalancer": edge.load_balancer_full_name,
                "TargetGroup": target.full_name,
            },
            threshold=ERRORS,
        )

    def _running(self, least: int) -> None:
        self._alarm(
            "Running",
            "Fewer tasks run than should",
            namespace="ECS/ContainerInsights",
            metric_name="RunningTaskCount",
            dimensions={"ClusterName": self._room.cluster, "ServiceName": self._name},
            statistic="Minimum",
            comparison_operator="LessThanThreshold",
            threshold=least,
            evaluation_periods=5,
            treat_missing_data="breaching",
        )

    def _alarm(
        self,
        construct_id: str,
        description: str,
        *,
        dimensions: dict[str, str] | None = None,
        **settings: Any,
    ) -> str:
        """Make an alarm with a fixed name: the service names it before it exists."""
        alarm_name = f"{self._room.cluster}-{self._name}-{construct_id.lower()}"
        defaults = {
            "statistic": "Sum",
            "comparison_operator": "GreaterThanThreshold",
            "evaluation_periods": 1,
            "treat_missing_data": "notBreaching",
        }
        cloudwatch.CfnAlarm(
            self,
            construct_id,
            alarm_name=alarm_name,
            alarm_description=f"{self._name}: {description}",
            period=60,
            dimensions=[
                cloudwatch.CfnAlarm.DimensionProperty(name=key, value=value)
                for key, value in (dimensions or {}).items()
            ]
            or None,
            alarm_actions=[self._room.topic],
            **{**defaults, **settings},
        )
        return alarm_name
