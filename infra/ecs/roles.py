"""Roles that ECS assumes, each with one managed policy."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.ecs.needs import Statement
from infra.ecs.room import arn

TASKS = "ecs-tasks.amazonaws.com"
ECS = "ecs.amazonaws.com"


class EcsRole(Construct):
    """A role for ECS in this account, and for nobody else.

    A policy needs a statement, so a role that may do nothing has none. Whoever uses the role must
    wait for `policy`.
    """

    arn: str
    policy: iam.CfnManagedPolicy | None = None

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        description: str,
        statements: Sequence[Statement],
        service: str = TASKS,
    ) -> None:
        super().__init__(scope, construct_id)
        # Tasks' agents say for whom they come; ECS itself, in its infrastructure roles, does not:
        # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
        here = {
            "StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID},
            "ArnLike": {"aws:SourceArn": arn("ecs", "*")},
        }
        role = iam.CfnRole(
            self,
            "Role",
            description=description,
            assume_role_policy_document={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": "sts:AssumeRole",
                        "Principal": {"Service": service},
                        **({"Condition": here} if service == TASKS else {}),
                    }
                ],
            },
        )
        self.arn = role.attr_arn
        if statements:
            self.policy = iam.CfnManagedPolicy(
                self,
                "Policy",
                description=description,
                roles=[role.ref],
                policy_document={"Version": "2012-10-17", "Statement": list(statements)},
            )
