"""Who is told when something goes wrong: mail, Slack and PagerDuty behind one encrypted topic."""

import aws_cdk as cdk
from aws_cdk import aws_chatbot as chatbot
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.config import EnvironmentConfig


class Alerts(Construct):
    """A topic that CloudWatch alarms and EventBridge rules of this account publish to.

    Messages name alarms, pipelines and endpoints; there is no patient data in them.
    """

    topic: sns.ITopic

    def __init__(
        self, scope: Construct, construct_id: str, *, config: EnvironmentConfig, key: kms.IKey
    ) -> None:
        super().__init__(scope, construct_id)
        topic = sns.Topic(self, "Topic", display_name=f"Iryo {config.name}: models", master_key=key)
        topic.add_to_resource_policy(_publishers(topic))
        # As an import, so that rules do not open the topic to EventBridge as a whole.
        self.topic = sns.Topic.from_topic_arn(self, "Shared", topic.topic_arn)
        alerts = config.mlops.alerts
        sns.Subscription(
            self,
            "Mail",
            topic=topic,
            protocol=sns.SubscriptionProtocol.EMAIL,
            endpoint=config.contacts.operations,
        )
        if alerts.pagerduty_secret:
            # The address holds PagerDuty's key: CloudFormation reads it, no template has it.
            secret = cdk.SecretValue.secrets_manager(alerts.pagerduty_secret)
            sns.CfnSubscription(
                self,
                "PagerDuty",
                topic_arn=topic.topic_arn,
                protocol="https",
                endpoint=secret.unsafe_unwrap(),
            )
        if alerts.slack_workspace and alerts.slack_channel:
            self._slack(config, alerts.slack_workspace, alerts.slack_channel)

    def _slack(self, config: EnvironmentConfig, workspace: str, channel: str) -> None:
        """Show alarms in a channel; nobody can run a command from there."""
        role = iam.Role(
            self,
            "SlackRole",
            description="Shows alarms in Slack; may do nothing else",
            assumed_by=iam.ServicePrincipal("chatbot.amazonaws.com"),
        )
        nothing = iam.ManagedPolicy(
            self,
            "SlackGuardrail",
            description="What anybody in the channel may do at most: look at alarms",
            statements=[
                iam.PolicyStatement(
                    sid="Alarms",
                    actions=["cloudwatch:DescribeAlarms"],
                    resources=[
                        f"arn:{cdk.Aws.PARTITION}:cloudwatch:{cdk.Aws.REGION}"
                        f":{cdk.Aws.ACCOUNT_ID}:alarm:*"
                    ],
                )
            ],
        )
        chatbot.CfnSlackChannelConfiguration(
            self,
            "Slack",
            configuration_name=f"{config.tags.project}-{config.name}-models",
            iam_role_arn=role.role_arn,
            slack_workspace_id=workspace,
            slack_channel_id=channel,
            sns_topic_arns=[self.topic.topic_arn],
            guardrail_policies=[nothing.managed_policy_arn],
            logging_level="ERROR",
            user_role_required=False,
        )


def _publishers(topic: sns.Topic) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid="OurAlarmsAndRules",
        actions=["sns:Publish"],
        principals=[
            iam.ServicePrincipal("cloudwatch.amazonaws.com"),
            iam.ServicePrincipal("events.amazonaws.com"),
        ],
        resources=[topic.topic_arn],
        conditions={"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}},
    )
