"""Who is told when something is not well."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.config import EnvironmentConfig


class Alerts(Construct):
    """A topic that this account's alarms publish to; contacts.operations gets mail.

    `topic` is its ARN. Messages name alarms and numbers; there is no patient data in them.
    """

    topic: str

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        key: kms.IKey,
        about: str,
    ) -> None:
        super().__init__(scope, construct_id)
        topic = sns.CfnTopic(
            self,
            "Topic",
            display_name=f"Iryo {config.name}: {about}",
            kms_master_key_id=key.key_arn,
            subscription=[
                sns.CfnTopic.SubscriptionProperty(
                    protocol="email", endpoint=config.contacts.operations
                )
            ],
        )
        self.topic = topic.ref
        sns.CfnTopicPolicy(
            self,
            "Publishers",
            topics=[topic.ref],
            policy_document={"Version": "2012-10-17", "Statement": _statements(topic.ref)},
        )


def _statements(topic: str) -> list[dict[str, object]]:
    account = {"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}}
    return [
        {
            "Sid": "OurAlarms",
            "Effect": "Allow",
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Action": "sns:Publish",
            "Resource": topic,
            "Condition": account,
        },
        {
            "Sid": "OnlyOverTls",
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": "sns:Publish",
            "Resource": topic,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    ]
