"""How many tasks of a service run."""

from aws_cdk import aws_applicationautoscaling as scaling
from aws_cdk import aws_ecs as ecs
from constructs import Construct

from infra.config import ServiceConfig
from infra.ecs.front import Target
from infra.edge.stack import EdgeOutputs

Policy = scaling.CfnScalingPolicy
GROW_SECONDS, SHRINK_SECONDS = 60, 300
NAMESPACE, DIMENSION = "ecs", "ecs:service:DesiredCount"


class Scaling(Construct):
    """Between the least and the most, so that CPU use (and requests a task) meet their targets.

    ECS is told no number of tasks anywhere else, or every deployment would undo this one's.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: str,
        service: ServiceConfig,
        resource: ecs.CfnService,
        front: tuple[EdgeOutputs, Target] | None,
    ) -> None:
        super().__init__(scope, construct_id)
        settings = service.scaling
        self._target = scaling.CfnScalableTarget(
            self,
            "Tasks",
            service_namespace=NAMESPACE,
            scalable_dimension=DIMENSION,
            resource_id=f"service/{cluster}/{resource.attr_name}",
            min_capacity=settings.min,
            max_capacity=settings.max,
        )
        self._track("Cpu", settings.cpu_percent, "ECSServiceAverageCPUUtilization")
        if settings.requests and front:
            edge, target = front
            label = f"{edge.load_balancer_full_name}/{target.full_name}"
            self._track("Requests", settings.requests, "ALBRequestCountPerTarget", label=label)

    def _track(
        self, construct_id: str, value: int, metric: str, *, label: str | None = None
    ) -> None:
        Policy(
            self,
            construct_id,
            policy_name=construct_id,
            policy_type="TargetTrackingScaling",
            scaling_target_id=self._target.ref,
            target_tracking_scaling_policy_configuration=(
                Policy.TargetTrackingScalingPolicyConfigurationProperty(
                    target_value=value,
                    scale_out_cooldown=GROW_SECONDS,
                    scale_in_cooldown=SHRINK_SECONDS,
                    predefined_metric_specification=Policy.PredefinedMetricSpecificationProperty(
                        predefined_metric_type=metric, resource_label=label
                    ),
                )
            ),
        )
