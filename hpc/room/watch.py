"""Metrics of queues and nodes every five minutes, alarms on them, and a dashboard."""

import json
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from constructs import Construct

from hpc.room.alerts import Alerts
from hpc.room.control import Control
from hpc.room.dashboard import body
from hpc.room.function import Function
from hpc.room.room import Room
from hpc.room.statements import Statement, allow, arn
from hpc.room.watched import Watched, alarms, environment
from hpc.runtime.watch import NAMESPACE
from infra.config.errors import DescriptionError

PERIOD = 300
MOST_TOLD = 3800
"""Of the 4 KB that Lambda gives all variables together."""


class Watch(Construct):
    """Asks every head node what its queues do; keeps Spot and GPU queues closed over the budget."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        watched: Watched,
        alerts: Alerts,
        control: Control,
    ) -> None:
        super().__init__(scope, construct_id)
        stack = cdk.Stack.of(self)
        told = stack.to_json_string(environment(watched))
        _fits(watched)
        function = Function(
            self,
            "Function",
            room=room,
            handler="watch.handler",
            statements=_statements(room, control, pcs=bool(watched.pcs_limited)),
            environment={
                "JOURNAL_TABLE": control.journal,
                "WATCHED": told,
            },
            seconds=240,
            failures=alerts.failures,
        )
        rule = events.CfnRule(
            self,
            "EveryFiveMinutes",
            description="Watches queues and nodes",
            schedule_expression="rate(5 minutes)",
            targets=[
                events.CfnRule.TargetProperty(
                    id="Watch",
                    arn=function.arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=alerts.failures),
                )
            ],
        )
        function.admit("FromRule", "events", rule.attr_arn)
        for described in alarms(watched):
            cloudwatch.CfnAlarm(
                self,
                described.id,
                alarm_description=described.about,
                namespace=NAMESPACE,
                metric_name=described.metric,
                dimensions=[
                    cloudwatch.CfnAlarm.DimensionProperty(name=key, value=value)
                    for key, value in described.dimensions.items()
                ],
                statistic=described.statistic,
                period=PERIOD,
                evaluation_periods=described.periods,
                threshold=described.threshold,
                comparison_operator=described.comparison,
                treat_missing_data=described.missing,
                alarm_actions=[alerts.alarms],
                ok_actions=[alerts.alarms],
            )
        cloudwatch.CfnDashboard(
            self,
            "Dashboard",
            dashboard_name=room.prefix,
            dashboard_body=stack.to_json_string(body(watched, region=cdk.Aws.REGION)),
        )


def _fits(watched: Watched) -> None:
    """Refuse more queues than a function's environment holds."""
    size = len(json.dumps(environment(watched)))
    if size > MOST_TOLD:
        queues = sum(len(cluster.queues) for cluster in watched.clusters)
        raise DescriptionError(
            [
                f"hpc.clusters: {queues} queues are more than the watch can be told; about "
                f"{queues * MOST_TOLD // size} with such names are allowed"
            ]
        )


def _statements(room: Room, control: Control, *, pcs: bool) -> list[Statement]:
    document = f"arn:{cdk.Aws.PARTITION}:ssm:{cdk.Aws.REGION}::document/AWS-RunShellScript"
    of_clusters: dict[str, Any] = {
        "StringLike": {"ssm:resourceTag/parallelcluster:cluster-name": "?*"}
    }
    only_ours = {"StringEquals": {"cloudwatch:namespace": NAMESPACE}}
    environments = arn("batch", f"compute-environment/{room.prefix}-*")
    found = [
        allow("Journal", ["dynamodb:GetItem"], control.journal_arn),
        allow("Script", ["ssm:SendCommand"], document),
        allow("HeadNodes", ["ssm:SendCommand"], arn("ec2", "instance/*"), when=of_clusters),
        # These actions have no resources.
        allow("ScriptEnds", ["ssm:GetCommandInvocation"], "*"),
        allow("Metrics", ["cloudwatch:PutMetricData"], "*", when=only_ours),
        allow(
            "Look",
            ["batch:DescribeComputeEnvironments", "batch:ListJobs", "ec2:DescribeInstances"],
            "*",
        ),
    ]
    if room.hpc.batch:
        found.append(allow("HoldBatch", ["batch:UpdateComputeEnvironment"], environments))
    if pcs:
        calls = ["pcs:GetComputeNodeGroup", "pcs:UpdateComputeNodeGroup"]
        found.append(allow("HoldNodes", calls, arn("pcs", "cluster/*")))
    return found
