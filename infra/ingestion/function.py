"""A function of the room: private, encrypted, with a role of its own and nothing inherited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.ingestion import permissions
from infra.ingestion.code import architecture_of, room_code, runtime_of
from infra.ingestion.log_group import log_group
from infra.ingestion.room import Room


@dataclass(frozen=True, kw_only=True)
class FunctionSize:
    """What a function may use: MiB of memory, seconds, executions at once."""

    memory: int
    timeout: int
    concurrency: int


class RoomFunction(Construct):
    """A Lambda function in the application subnets.

    Its role holds one customer policy: the statements given and what running in a VPC, logging
    and tracing need. CDK adds nothing to it, so what is granted is what stands in the code.
    """

    function: lambda_.Function

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        module: str,
        size: FunctionSize,
        statements: Sequence[iam.PolicyStatement],
        environment: Mapping[str, str],
    ) -> None:
        super().__init__(scope, construct_id)
        config, network, failures = room.config, room.network, room.failures
        logs = log_group(self, "Logs", config=config, key=room.security.log_key)
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "lambda.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}},
            ),
        )
        policy = iam.ManagedPolicy(
            self,
            "Policy",
            roles=[role],
            statements=[
                *statements,
                permissions.write_logs(logs.log_group_arn),
                *permissions.run_in_vpc(),
                permissions.trace(),
                permissions.send(failures.queue_arn),
            ],
        )
        self.function = lambda_.Function(
            self,
            "Function",
            runtime=runtime_of(config),
            architecture=architecture_of(config),
            code=room_code(),
            layers=[room.packages],
            handler=f"infra.ingestion.runtime.{module}.handler",
            memory_size=size.memory,
            timeout=cdk.Duration.seconds(size.timeout),
            reserved_concurrent_executions=size.concurrency,
            environment={"POWERTOOLS_LOG_LEVEL": "INFO", **environment},
            environment_encryption=room.security.confidential_key,
            role=iam.Role.from_role_arn(self, "AsItIs", role.role_arn, mutable=False),
            log_group=logs,
            logging_format=lambda_.LoggingFormat.JSON,
            tracing=lambda_.Tracing.ACTIVE,
            vpc=network.vpc,
            vpc_subnets=ec2.SubnetSelection(subnets=list(network.application_subnets)),
            security_groups=[network.application_sg],
            dead_letter_queue=failures,
        )
        # Lambda looks for the permission to join the VPC when it makes the function.
        self.function.node.add_dependency(policy)
