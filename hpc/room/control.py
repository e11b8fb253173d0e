"""The function behind the room's custom resources, and the table that remembers their requests."""

from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from constructs import Construct

from compliance.waivers import waive
from hpc.room import waivers
from hpc.room.function import Function
from hpc.room.room import Room
from hpc.room.statements import Statement, allow, arn, iam_arn
from hpc.runtime.encryption import NAMES

SECONDS = 900
"""The longest a function can run; it goes on in another invocation after that."""
AN_HOUR = 3600
ATTEMPTS, OLDEST = 24, 6 * 3600


class Control(Construct):
    """Makes the custom resources of `hpc.runtime.handler`.

    `journal` is the table's name. `resume` is the function that opens a cluster's queues after a
    rollback, which asks no custom resource.
    """

    journal: str
    journal_arn: str

    def __init__(self, scope: Construct, construct_id: str, *, room: Room, failures: str) -> None:
        super().__init__(scope, construct_id)
        self._room, self._failures = room, failures
        table = self._table()
        self.journal, self.journal_arn = table.ref, table.attr_arn
        environment = {"JOURNAL_TABLE": self.journal}
        self._function = Function(
            self,
            "CustomResources",
            room=room,
            handler="handler.handler",
            statements=[*self._statements(), *_encryption(room), self._again()],
            environment=environment,
            seconds=SECONDS,
        )
        self._resume = Function(
            self,
            "Resume",
            room=room,
            handler="handler.resume",
            statements=self._statements(),
            environment=environment,
            seconds=SECONDS,
            failures=failures,
        )

    def custom(
        self,
        construct_id: str,
        kind: str,
        properties: Mapping[str, Any],
        *,
        scope: Construct | None = None,
    ) -> cdk.CfnResource:
        """Make a custom resource of this room's function."""
        made = cdk.CfnResource(
            scope or self,
            construct_id,
            type=kind,
            properties={
                "ServiceToken": self._function.arn,
                "ServiceTimeout": AN_HOUR,
                **properties,
            },
        )
        self._function.role.before(made)
        return made

    def key_grants(
        self, construct_id: str, roles: Sequence[str], *, scope: Construct | None = None
    ) -> cdk.CfnResource:
        """Let service-linked roles use the key of the important class."""
        return self.custom(
            construct_id,
            "Custom::KeyGrants",
            {"ClusterName": construct_id, "KeyArn": self._room.key, "Roles": list(roles)},
            scope=scope,
        )

    def resume_after_rollback(self, cluster: str, construct_id: str) -> None:
        """Open a cluster's queues again when an update of this stack was rolled back."""
        stack = cdk.Stack.of(self)
        rule = events.CfnRule(
            self,
            construct_id,
            description=f"Opens the queues of cluster {cluster} after a rollback",
            event_pattern={
                "source": ["aws.cloudformation"],
                "detail-type": ["CloudFormation Stack Status Change"],
                "detail": {
                    "stack-id": [stack.stack_id],
                    "status-details": {"status": ["UPDATE_ROLLBACK_COMPLETE"]},
                },
            },
            targets=[
                events.CfnRule.TargetProperty(
                    id="Resume",
                    arn=self._resume.arn,
                    input=cdk.Stack.of(self).to_json_string({"ClusterName": cluster}),
                    retry_policy=events.CfnRule.RetryPolicyProperty(
                        maximum_event_age_in_seconds=OLDEST, maximum_retry_attempts=ATTEMPTS
                    ),
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=self._failures),
                )
            ],
        )
        self._resume.admit(f"{construct_id}Permission", "events", rule.attr_arn)

    def _table(self) -> dynamodb.CfnTable:
        table = dynamodb.CfnTable(
            self,
            "Journal",
            key_schema=[dynamodb.CfnTable.KeySchemaProperty(attribute_name="Id", key_type="HASH")],
            attribute_definitions=[
                dynamodb.CfnTable.AttributeDefinitionProperty(
                    attribute_name="Id", attribute_type="S"
                )
            ],
            billing_mode="PAY_PER_REQUEST",
            deletion_protection_enabled=self._room.config.data.removal == "retain",
            time_to_live_specification=dynamodb.CfnTable.TimeToLiveSpecificationProperty(
                attribute_name="Expires", enabled=True
            ),
            sse_specification=dynamodb.CfnTable.SSESpecificationProperty(
                sse_enabled=True, sse_type="KMS", kms_master_key_id=self._room.key
            ),
            point_in_time_recovery_specification=(
                dynamodb.CfnTable.PointInTimeRecoverySpecificationProperty(
                    point_in_time_recovery_enabled=True
                )
            ),
        )
        waive(table, *waivers.journal(self._room.config))
        table.apply_removal_policy(cdk.RemovalPolicy[self._room.config.data.removal.upper()])
        return table

    def _again(self) -> Statement:
        # Its own name is not known yet; the stack's name begins it.
        name = cdk.Fn.select(1, cdk.Fn.split("/", cdk.Aws.STACK_ID))
        return allow("Again", ["lambda:InvokeFunction"], arn("lambda", f"function:{name}-*"))

    def _statements(self) -> list[Statement]:
        documents = f"arn:{cdk.Aws.PARTITION}:ssm:{cdk.Aws.REGION}::document/AWS-RunShellScript"
        of_clusters = {
            "StringLike": {"ssm:resourceTag/parallelcluster:cluster-name": "?*"},
        }
        return [
            allow(
                "Journal",
                ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
                self.journal_arn,
            ),
            allow(
                "Fleet",
                ["dynamodb:GetItem", "dynamodb:UpdateItem"],
                arn("dynamodb", "table/parallelcluster-*"),
            ),
            # These actions have no resources.
            allow(
                "Look",
                [
                    *("ec2:DescribeCapacityReservations", "ec2:DescribeInstances"),
                    *("ec2:GetEbsDefaultKmsKeyId", "ec2:GetEbsEncryptionByDefault"),
                    "servicequotas:ListServiceQuotas",
                ],
                "*",
            ),
            allow("Script", ["ssm:SendCommand"], documents),
            allow("HeadNodes", ["ssm:SendCommand"], arn("ec2", "instance/*"), when=of_clusters),
            allow("ScriptEnds", ["ssm:GetCommandInvocation"], "*"),
        ]


def _encryption(room: Room) -> list[Statement]:
    """Allow having volumes encrypted with our key, and AWS's roles told that they may use it."""
    roles = [iam_arn(f"role/aws-service-role/{service}/*") for service in NAMES]
    grantee = {"StringLike": {"kms:GranteePrincipal": roles}}
    return [
        # These actions have no resources.
        allow(
            "VolumesOfTheAccount",
            [
                *("ec2:EnableEbsEncryptionByDefault", "ec2:ModifyEbsDefaultKmsKeyId"),
                "ec2:ResetEbsDefaultKmsKeyId",
            ],
            "*",
        ),
        allow("DescribeKey", ["kms:DescribeKey", "kms:ListGrants", "kms:RevokeGrant"], room.key),
        allow("GrantKey", ["kms:CreateGrant"], room.key, when=grantee),
        # A role that is not there yet is asked for without its path.
        allow(
            "FindRoles", ["iam:GetRole"], *roles, *(iam_arn(f"role/{n}*") for n in NAMES.values())
        ),
        allow(
            "MakeRoles",
            ["iam:CreateServiceLinkedRole"],
            *roles,
            when={"StringEquals": {"iam:AWSServiceName": list(NAMES)}},
        ),
    ]
