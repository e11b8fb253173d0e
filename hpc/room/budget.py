"""The month's budget of the room: mail on the way, and a stop of Spot and GPU nodes at its end."""

from typing import Any

from aws_cdk import aws_events as events
from aws_cdk import aws_sns as sns
from constructs import Construct

from hpc.room.alerts import Alerts
from hpc.room.control import Control
from hpc.room.function import Function
from hpc.room.resource import resource
from hpc.room.room import Room
from hpc.room.statements import allow
from hpc.tags import ROOM
from infra.config.hpc import Budget as BudgetConfig

FIRST_OF_MONTH = "cron(10 0 1 * ? *)"


class Budget(Construct):
    """AWS Budgets counts what carries the room's tag.

    The tag must be activated for cost allocation. At stop_percent a topic calls a function that
    writes the stop down; the watch acts on it. AWS's own budget actions attach policies to named
    roles, but the roles that start nodes are made by ParallelCluster and Batch.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        budget: BudgetConfig,
        alerts: Alerts,
        control: Control,
    ) -> None:
        super().__init__(scope, construct_id)
        stop = Function(
            self,
            "Stop",
            room=room,
            handler="spending.handler",
            statements=[allow("Journal", ["dynamodb:PutItem"], control.journal_arn)],
            environment={"JOURNAL_TABLE": control.journal},
            seconds=30,
            failures=alerts.failures,
        )
        stop.admit("FromTopic", "sns", alerts.spending)
        sns.CfnSubscription(
            self, "ToStop", topic_arn=alerts.spending, protocol="lambda", endpoint=stop.arn
        )
        rule = events.CfnRule(
            self,
            "NewMonth",
            description="Lets Spot and GPU nodes start again with the new month's budget",
            schedule_expression=FIRST_OF_MONTH,
            targets=[
                events.CfnRule.TargetProperty(
                    id="Open",
                    arn=stop.arn,
                    input='{"Spending":"open"}',
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=alerts.failures),
                )
            ],
        )
        stop.admit("FromRule", "events", rule.attr_arn)
        resource(
            self,
            "Monthly",
            "AWS::Budgets::Budget",
            budget_properties(budget, room=room, alerts=alerts),
            config=room.config,
        )


def budget_properties(budget: BudgetConfig, *, room: Room, alerts: Alerts) -> dict[str, Any]:
    """Return the properties of the monthly budget with its two notifications."""
    mail = _subscriber("EMAIL", room.config.contacts.operations)
    return {
        "Budget": {
            "BudgetName": f"{room.prefix}-monthly",
            "BudgetType": "COST",
            "TimeUnit": "MONTHLY",
            "BudgetLimit": {"Amount": budget.monthly_usd, "Unit": "USD"},
            "CostFilters": {"TagKeyValue": [f"user:{ROOM}${room.prefix}"]},
        },
        "NotificationsWithSubscribers": [
            _notification(budget.warn_percent, mail),
            _notification(budget.stop_percent, mail, _subscriber("SNS", alerts.spending)),
        ],
    }


def _subscriber(kind: str, address: str) -> dict[str, str]:
    return {"SubscriptionType": kind, "Address": address}


def _notification(percent: int, *subscribers: dict[str, str]) -> dict[str, Any]:
    return {
        "Notification": {
            "NotificationType": "ACTUAL",
            "ComparisonOperator": "GREATER_THAN",
            "Threshold": percent,
            "ThresholdType": "PERCENTAGE",
        },
        "Subscribers": list(subscribers),
    }
