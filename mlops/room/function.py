"""A function of the room: private, encrypted, with a role of its own and nothing inherited."""

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.assets import ROOT
from infra.ingestion import permissions
from infra.ingestion.code import architecture_of, runtime_of
from infra.ingestion.log_group import log_group
from mlops.room.room import Room
from mlops.room.service_role import ServiceRole

ATTEMPTS = 5
ONLY_RUNTIME = [
    *("*", "!mlops", "mlops/*", "!mlops/__init__.py", "!mlops/release.py", "!mlops/retrain.py"),
    *("!mlops/runtime", "!mlops/runtime/**", "__pycache__"),
]
"""Ignore rules that leave the folders as they are, so that a module has one name everywhere."""


class RoomFunction(Construct):
    """A Lambda function in the application subnets that runs one module of `mlops.runtime`."""

    function: lambda_.Function

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        module: str,
        statements: Sequence[iam.PolicyStatement],
        environment: Mapping[str, str],
        concurrency: int = 1,
    ) -> None:
        super().__init__(scope, construct_id)
        config, key = room.config, room.security.important_key
        logs = log_group(self, "Logs", config=config, key=room.security.log_key)
        role = ServiceRole(
            self,
            "Role",
            services=["lambda"],
            description=f"Function {module} of the MLOps room",
            statements=[
                *statements,
                permissions.write_logs(logs.log_group_arn),
                *permissions.run_in_vpc(),
                permissions.trace(),
                permissions.send(room.failures.queue_arn),
                permissions.allow("Key", ["kms:Decrypt", "kms:GenerateDataKey"], key.key_arn),
            ],
        )
        self.function = lambda_.Function(
            self,
            "Function",
            runtime=runtime_of(config),
            architecture=architecture_of(config),
            code=lambda_.Code.from_asset(
                str(ROOT), exclude=ONLY_RUNTIME, ignore_mode=cdk.IgnoreMode.GIT
            ),
            layers=[room.packages],
            handler=f"mlops.runtime.{module}.handler",
            memory_size=512,
            timeout=cdk.Duration.minutes(1),
            reserved_concurrent_executions=concurrency,
            environment={"POWERTOOLS_LOG_LEVEL": "INFO", **environment},
            environment_encryption=key,
            role=role.role,
            log_group=logs,
            logging_format=lambda_.LoggingFormat.JSON,
            tracing=lambda_.Tracing.ACTIVE,
            vpc=room.network.vpc,
            vpc_subnets=ec2.SubnetSelection(subnets=list(room.network.application_subnets)),
            security_groups=[room.network.application_sg],
            dead_letter_queue=room.failures,
        )
        # Lambda looks for the permission to join the VPC when it makes the function.
        self.function.node.add_dependency(role.policy)


def on(
    scope: Construct,
    construct_id: str,
    *,
    room: Room,
    function: lambda_.IFunction,
    pattern: events.EventPattern,
) -> None:
    """Call a function for events of the account; what it cannot take waits in the failures."""
    target = targets.LambdaFunction(
        function,
        retry_attempts=ATTEMPTS,
        max_event_age=cdk.Duration.hours(6),
        dead_letter_queue=room.failures,
    )
    events.Rule(scope, construct_id, event_pattern=pattern, targets=[target])
