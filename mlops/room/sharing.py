"""Deployment across accounts: one account's registry, the endpoints of others."""

import aws_cdk as cdk
from aws_cdk import aws_events as events
from constructs import Construct

from infra.ingestion.permissions import allow
from mlops.room.names import arn
from mlops.room.room import Room
from mlops.room.service_role import ServiceRole

BUS = "event-bus/default"


class TellAccounts(Construct):
    """Passes approvals of this registry on to the accounts that deploy from it."""

    def __init__(self, scope: Construct, construct_id: str, *, room: Room) -> None:
        super().__init__(scope, construct_id)
        buses = {
            account: arn("events", BUS, account=account)
            for account in room.config.mlops.release.accounts
        }
        role = ServiceRole(
            self,
            "Role",
            services=["events"],
            description="Tells other accounts of approved versions",
            statements=[allow("Tell", ["events:PutEvents"], *buses.values())],
        )
        rule = events.CfnRule(
            self,
            "Approved",
            description="Versions approved or rejected, for the accounts that deploy them",
            event_pattern={
                "source": ["aws.sagemaker"],
                "detail-type": ["SageMaker Model Package State Change"],
                "detail": {
                    "ModelPackageGroupName": [room.names.package_group],
                    "ModelApprovalStatus": ["Approved", "Rejected"],
                },
            },
            targets=[
                events.CfnRule.TargetProperty(
                    id=f"Account{account}",
                    arn=bus,
                    role_arn=role.role.role_arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(
                        arn=room.failures.queue_arn
                    ),
                )
                for account, bus in buses.items()
            ],
        )
        rule.node.add_dependency(role.policy)


class HearRegistry(Construct):
    """Lets the registry's account put its approvals, and nothing else, on this account's bus."""

    def __init__(self, scope: Construct, construct_id: str, *, room: Room) -> None:
        super().__init__(scope, construct_id)
        registry = room.config.mlops.release.registry
        events.CfnEventBusPolicy(
            self,
            "Policy",
            statement_id=f"{room.names.prefix}-registry",
            statement={
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:{cdk.Aws.PARTITION}:iam::{registry}:root"},
                "Action": "events:PutEvents",
                "Resource": arn("events", BUS),
                "Condition": {
                    "StringEquals": {
                        "events:source": "aws.sagemaker",
                        "events:detail-type": "SageMaker Model Package State Change",
                    }
                },
            },
        )
