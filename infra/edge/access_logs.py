"""Who asked the distribution for what."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.config import EnvironmentConfig
from infra.ingestion.log_group import log_group

# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
# Query, cookies, referrer and X-Forwarded-For are left out: what a client puts there could name a
# patient or let somebody in.
FIELDS = (
    *("date", "time", "x-edge-location", "x-edge-request-id", "c-ip", "c-country", "c-port"),
    *("cs-method", "x-host-header", "cs-uri-stem", "cs-protocol", "cs-protocol-version"),
    *("ssl-protocol", "ssl-cipher", "cs(User-Agent)", "cs-bytes", "sc-bytes", "sc-status"),
    *("sc-content-type", "time-taken", "time-to-first-byte", "x-edge-result-type"),
    *("x-edge-response-result-type", "x-edge-detailed-result-type"),
)


class AccessLogs(Construct):
    """Standard logging of the newer kind, into an encrypted log group.

    The older kind writes to a bucket with access control lists, which no bucket here has.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        key: kms.IKey,
        distribution_arn: str,
    ) -> None:
        super().__init__(scope, construct_id)
        name = f"iryo-{config.name}-edge"
        group = log_group(self, "Logs", config=config, key=key, audit=True)
        # Without the :* that the group's own ARN ends with.
        arn = cdk.Stack.of(self).format_arn(
            service="logs",
            resource="log-group",
            resource_name=group.log_group_name,
            arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
        )
        policy = self._policy(name, arn)
        source = logs.CfnDeliverySource(
            self, "Source", name=name, log_type="ACCESS_LOGS", resource_arn=distribution_arn
        )
        destination = logs.CfnDeliveryDestination(
            self,
            "Destination",
            name=name,
            output_format="json",
            destination_resource_arn=arn,
        )
        delivery = logs.CfnDelivery(
            self,
            "Delivery",
            delivery_source_name=name,
            delivery_destination_arn=destination.attr_arn,
            record_fields=list(FIELDS),
        )
        delivery.add_resource_dependency(source)
        delivery.add_resource_dependency(policy)

    def _policy(self, name: str, group_arn: str) -> logs.CfnResourcePolicy:
        """Let the log delivery of this account write to the group.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-CloudWatchLogs.html
        """
        stack = cdk.Stack.of(self)
        statement = {
            "Sid": "LogDelivery",
            "Effect": "Allow",
            "Principal": {"Service": "delivery.logs.amazonaws.com"},
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": f"{group_arn}:log-stream:*",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": stack.account},
                "ArnLike": {
                    "aws:SourceArn": f"arn:{stack.partition}:logs:{stack.region}:{stack.account}:*"
                },
            },
        }
        return logs.CfnResourcePolicy(
            self,
            "Policy",
            policy_name=name,
            policy_document=stack.to_json_string(
                {"Version": "2012-10-17", "Statement": [statement]}
            ),
        )
