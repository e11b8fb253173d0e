"""A role that one service assumes for this account, with policies that nothing adds to."""

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from hpc.room.statements import Statement, document


class Role(Construct):
    """`arn` and `name` are what other constructs take.

    A managed policy holds 6,144 characters, so what a role may do can be in several; `policies`
    are statements by the id of their policy. `aws_policies` are ARNs of AWS's own.
    """

    arn: str
    name: str
    policies: Mapping[str, iam.CfnManagedPolicy]

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        service: str,
        description: str,
        policies: Mapping[str, Sequence[Statement]],
        aws_policies: Sequence[str] = (),
        source_account: bool = True,
    ) -> None:
        super().__init__(scope, construct_id)
        mine = {"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}}
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": f"{service}.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        self._role = iam.CfnRole(
            self,
            "Role",
            description=description,
            assume_role_policy_document=document(
                trust | ({"Condition": mine} if source_account else {})
            ),
            managed_policy_arns=list(aws_policies) or None,
        )
        self.arn, self.name = self._role.attr_arn, self._role.ref
        self.policies = {
            name: iam.CfnManagedPolicy(
                self,
                name,
                description=f"{description}: {name}",
                policy_document=document(*statements),
                roles=[self._role.ref],
            )
            for name, statements in policies.items()
        }

    def before(self, *resources: cdk.CfnResource) -> None:
        """Let resources wait until the role has all of its policies."""
        for resource in resources:
            for policy in self.policies.values():
                resource.add_resource_dependency(policy)
