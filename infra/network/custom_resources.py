"""Two things that CloudFormation has no resource for, done by one function of ours."""

from collections.abc import Sequence

from aws_cdk import ArnFormat, Aws, CustomResource, Duration, IgnoreMode, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk.aws_s3_assets import Asset
from constructs import Construct

from compliance.waivers import waive
from infra.assets import ROOT
from infra.config import EnvironmentConfig
from infra.network import waivers

ONLY_RUNTIME = [
    *("*", "!infra", "infra/*", "!infra/__init__.py"),
    *("!infra/network", "infra/network/*", "!infra/network/__init__.py"),
    *("!infra/network/runtime", "!infra/network/runtime/**", "__pycache__"),
]
"""Ignore rules that leave the folders as they are, so that a module has one name everywhere."""
SERVICES = {"S3": "s3", "DynamoDb": "dynamodb"}
CLOUDFRONT = {"CloudFront": "com.amazonaws.global.cloudfront.origin-facing"}
"""Where CloudFront's requests come from, also those to a load balancer without public address."""
TIMEOUT = Duration.minutes(1)


class CustomResources(Construct):
    """Closes the VPC's default security group and finds the prefix lists of gateway endpoints.

    CDK's own `restrictDefaultSecurityGroup` does the first with a function whose log group is not
    encrypted and is kept for ever; nothing in CDK does the second without a look-up at synthesis.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: EnvironmentConfig,
        vpc: ec2.CfnVPC,
        log_key: kms.IKey,
    ) -> None:
        super().__init__(scope, id)
        group = logs.CfnLogGroup(
            self,
            "LogGroup",
            kms_key_id=log_key.key_arn,
            retention_in_days=config.logs.retention_days,
        )
        group.apply_removal_policy(RemovalPolicy.DESTROY)
        default_group = vpc.attr_default_security_group
        role = iam.Role(
            self,
            "Role",
            description="Custom resources of the network room",
            assumed_by=iam.ServicePrincipal(
                "lambda.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            ),
        )
        policy = iam.ManagedPolicy(
            self,
            "Policy",
            description="Closes one security group, reads prefix lists, writes its own log",
            roles=[role],
            statements=self._statements(group, default_group),
        )
        function = self._function(config, role=role, group=group)
        closed = CustomResource(
            self,
            "ClosedDefaultGroup",
            resource_type="Custom::ClosedDefaultGroup",
            service_token=function.attr_arn,
            service_timeout=TIMEOUT,
            properties={"GroupId": default_group},
        )
        self._lists = CustomResource(
            self,
            "PrefixLists",
            resource_type="Custom::PrefixLists",
            service_token=function.attr_arn,
            service_timeout=TIMEOUT,
            properties={
                "Names": {
                    attribute: f"com.amazonaws.{Aws.REGION}.{service}"
                    for attribute, service in SERVICES.items()
                }
                | (CLOUDFRONT if config.rooms.edge else {})
            },
        )
        for resource in (closed, self._lists):
            resource.node.add_dependency(policy)

    @property
    def prefix_lists(self) -> tuple[str, ...]:
        """The ids of the prefix lists of S3 and DynamoDB."""
        return tuple(self._lists.get_att_string(attribute) for attribute in SERVICES)

    @property
    def cloudfront_list(self) -> str:
        """The id of CloudFront's prefix list; there is none without the edge room."""
        return self._lists.get_att_string(*CLOUDFRONT)

    def _statements(
        self, group: logs.CfnLogGroup, default_group: str
    ) -> Sequence[iam.PolicyStatement]:
        security_group = Stack.of(self).format_arn(
            service="ec2",
            resource="security-group",
            resource_name=default_group,
            arn_format=ArnFormat.SLASH_RESOURCE_NAME,
        )
        return [
            iam.PolicyStatement(
                actions=["ec2:RevokeSecurityGroupIngress", "ec2:RevokeSecurityGroupEgress"],
                resources=[security_group],
            ),
            # These actions have no resource types.
            iam.PolicyStatement(
                actions=[
                    "ec2:DescribeManagedPrefixLists",
                    "xray:PutTelemetryRecords",
                    "xray:PutTraceSegments",
                ],
                resources=["*"],
            ),
            iam.PolicyStatement(
                actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[group.attr_arn]
            ),
        ]

    def _function(
        self, config: EnvironmentConfig, *, role: iam.Role, group: logs.CfnLogGroup
    ) -> lambda_.CfnFunction:
        asset = Asset(
            self, "Code", path=str(ROOT), exclude=ONLY_RUNTIME, ignore_mode=IgnoreMode.GIT
        )
        function = lambda_.CfnFunction(
            self,
            "Function",
            description="Custom resources of the network room",
            runtime=f"python{config.functions.python}",
            architectures=[config.functions.architecture],
            code=lambda_.CfnFunction.CodeProperty(
                s3_bucket=asset.s3_bucket_name, s3_key=asset.s3_object_key
            ),
            handler="infra.network.runtime.custom_resources.handler",
            role=role.role_arn,
            logging_config=lambda_.CfnFunction.LoggingConfigProperty(
                log_group=group.ref, log_format="JSON"
            ),
            tracing_config=lambda_.CfnFunction.TracingConfigProperty(mode="Active"),
            timeout=50,
            memory_size=256,
            reserved_concurrent_executions=2,
        )
        waive(function, *waivers.deployment_function(config))
        return function
