"""Who is told: the topic of alarms, one by which AWS Budgets stops spending, and what got lost."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from hpc.room.room import Room
from hpc.room.statements import document
from infra.alerts import Alerts as AlarmTopic


class Alerts(Construct):
    """ARNs of `alarms`, which sends mail, and `spending`, which calls a function.

    `failures` is a queue that keeps events which a function could not take.
    """

    alarms: str
    spending: str
    failures: str

    def __init__(self, scope: Construct, construct_id: str, *, room: Room) -> None:
        super().__init__(scope, construct_id)
        key = room.security.important_key
        self.alarms = AlarmTopic(
            self, "Alarms", config=room.config, key=key, about="clusters"
        ).topic
        self.spending = self._spending(room)
        self.failures = self._queue(room)

    def _spending(self, room: Room) -> str:
        topic = sns.CfnTopic(
            self,
            "Spending",
            display_name=f"Iryo {room.config.name}: the budget of clusters is used up",
            kms_master_key_id=room.key,
        )
        publish = {
            "Sid": "OurBudgets",
            "Effect": "Allow",
            "Principal": {"Service": "budgets.amazonaws.com"},
            "Action": "sns:Publish",
            "Resource": topic.ref,
            "Condition": {"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}},
        }
        plain = _no_plain_text("sns:Publish", topic.ref)
        sns.CfnTopicPolicy(
            self, "SpendingPolicy", topics=[topic.ref], policy_document=document(publish, plain)
        )
        return topic.ref

    def _queue(self, room: Room) -> str:
        queue = sqs.CfnQueue(
            self,
            "Failures",
            kms_master_key_id=room.key,
            message_retention_period=cdk.Duration.days(14).to_seconds(),
        )
        queue.apply_removal_policy(cdk.RemovalPolicy[room.config.data.removal.upper()])
        rules = {
            "Sid": "OurRules",
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": queue.attr_arn,
            "Condition": {"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}},
        }
        plain = _no_plain_text("sqs:*", queue.attr_arn)
        sqs.CfnQueuePolicy(
            self, "FailuresPolicy", queues=[queue.ref], policy_document=document(rules, plain)
        )
        return queue.attr_arn


def _no_plain_text(action: str, resource: str) -> dict[str, Any]:
    return {
        "Sid": "NoPlainText",
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": resource,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
