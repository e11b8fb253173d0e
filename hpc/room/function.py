"""A function of the room that runs one module of `hpc.runtime`."""

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk.aws_s3_assets import Asset
from constructs import Construct

from compliance.waivers import waive
from hpc.room import waivers
from hpc.room.role import Role
from hpc.room.room import Room
from hpc.room.statements import Statement, allow
from infra.assets import ROOT

ONLY_RUNTIME = [
    *("*", "!hpc", "hpc/*", "!hpc/__init__.py"),
    *("!hpc/runtime", "!hpc/runtime/**", "__pycache__"),
]
"""Ignore rules that leave the folders as they are, so that a module has one name everywhere."""


class Function(Construct):
    """A Lambda function outside the VPC: it talks to AWS's own interfaces and sees no records.

    The interfaces of custom resources, budgets and quotas have no endpoint inside. Its packages
    are those of the runtime: boto3 only. `failures`: where events go that it could not take;
    absent for a function that CloudFormation waits for.
    """

    arn: str
    resource: lambda_.CfnFunction
    role: Role

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        room: Room,
        handler: str,
        statements: Sequence[Statement],
        environment: Mapping[str, str],
        seconds: int,
        failures: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        config = room.config
        group = logs.CfnLogGroup(
            self,
            "Logs",
            kms_key_id=room.security.log_key.key_arn,
            retention_in_days=config.logs.retention_days,
        )
        group.apply_removal_policy(cdk.RemovalPolicy[config.data.removal.upper()])
        own = [
            allow("Logs", ["logs:CreateLogStream", "logs:PutLogEvents"], group.attr_arn),
            allow("Traces", ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], "*"),
            allow("Key", ["kms:Decrypt", "kms:GenerateDataKey"], room.key),
        ]
        if failures:
            own.append(allow("Failures", ["sqs:SendMessage"], failures))
        self.role = Role(
            self,
            "Role",
            service="lambda",
            description=f"{handler} of the HPC room",
            policies={"Policy": [*statements, *own]},
        )
        code = Asset(self, "Code", path=str(ROOT), exclude=ONLY_RUNTIME, ignore_mode=GIT)
        self.resource = lambda_.CfnFunction(
            self,
            "Function",
            description=f"{handler} of the HPC room",
            runtime=f"python{config.functions.python}",
            architectures=[config.functions.architecture],
            code=lambda_.CfnFunction.CodeProperty(
                s3_bucket=code.s3_bucket_name, s3_key=code.s3_object_key
            ),
            handler=f"hpc.runtime.{handler}",
            role=self.role.arn,
            environment=lambda_.CfnFunction.EnvironmentProperty(variables=dict(environment)),
            kms_key_arn=room.key,
            logging_config=lambda_.CfnFunction.LoggingConfigProperty(
                log_group=group.ref, log_format="JSON"
            ),
            tracing_config=lambda_.CfnFunction.TracingConfigProperty(mode="Active"),
            dead_letter_config=(
                lambda_.CfnFunction.DeadLetterConfigProperty(target_arn=failures)
                if failures
                else None
            ),
            timeout=seconds,
            memory_size=512,
            reserved_concurrent_executions=2,
        )
        self.role.before(self.resource)
        self.arn = self.resource.attr_arn
        waive(self.resource, *waivers.outside_the_vpc(config))
        if any("ssm:SendCommand" in statement["Action"] for statement in statements):
            waive(self.role.policies["Policy"], *waivers.head_node_scripts(config))
        if failures is None:
            waive(self.resource, *waivers.waited_for(config))

    def admit(self, construct_id: str, service: str, source: str) -> None:
        """Let a service call the function on behalf of one resource."""
        lambda_.CfnPermission(
            self,
            construct_id,
            action="lambda:InvokeFunction",
            function_name=self.arn,
            principal=f"{service}.amazonaws.com",
            source_arn=source,
            source_account=cdk.Aws.ACCOUNT_ID,
        )


GIT = cdk.IgnoreMode.GIT
