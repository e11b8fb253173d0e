"""DNS query logs of the VPC's resolver: the names that workloads ask for."""

from typing import Any

from aws_cdk import ArnFormat, Aws, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_route53resolver as resolver
from constructs import Construct

from infra.config import EnvironmentConfig
from infra.network.log_group import audit_log_group


class ResolverQueryLogs(Construct):
    """Every query, to an encrypted log group that only this account's deliveries write to."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: EnvironmentConfig,
        vpc_id: str,
        key: kms.IKey,
    ) -> None:
        super().__init__(scope, id)
        name = f"/aws/vendedlogs/resolver/{Aws.STACK_NAME}"
        group = audit_log_group(
            self, "Group", config=config, key=key, name=name, policy=self._delivery_to(name)
        )
        logging = resolver.CfnResolverQueryLoggingConfig(
            self, "Resource", destination_arn=group.attr_arn
        )
        resolver.CfnResolverQueryLoggingConfigAssociation(
            self,
            "Association",
            resolver_query_log_config_id=logging.attr_id,
            resource_id=vpc_id,
        )

    def _delivery_to(self, name: str) -> dict[str, Any]:
        """Return what AWS would otherwise add by itself, and drift from the template.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html
        """
        stack = Stack.of(self)
        streams = stack.format_arn(
            service="logs",
            resource="log-group",
            resource_name=f"{name}:log-stream:*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        deliveries = stack.format_arn(
            service="logs", resource="*", arn_format=ArnFormat.NO_RESOURCE_NAME
        )
        return {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "ResolverQueryLogs",
                    "Effect": "Allow",
                    "Principal": {"Service": "delivery.logs.amazonaws.com"},
                    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                    "Resource": streams,
                    "Condition": {
                        "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                        "ArnLike": {"aws:SourceArn": deliveries},
                    },
                }
            ],
        }
