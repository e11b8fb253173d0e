"""A role that a service assumes for this account, with one policy that nothing adds to."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct


class ServiceRole(Construct):
    """`role` is what other constructs take: as it is, so what is granted stands in the code."""

    role: iam.IRole
    policy: iam.ManagedPolicy

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        services: Sequence[str],
        description: str,
        statements: Sequence[iam.PolicyStatement],
    ) -> None:
        super().__init__(scope, construct_id)
        mine = {"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}}
        principals = [
            iam.ServicePrincipal(f"{service}.amazonaws.com", conditions=mine)
            for service in services
        ]
        role = iam.Role(
            self,
            "Role",
            description=description,
            assumed_by=principals[0]
            if len(principals) == 1
            else iam.CompositePrincipal(*principals),
        )
        self.policy = iam.ManagedPolicy(
            self, "Policy", description=description, roles=[role], statements=list(statements)
        )
        self.role = iam.Role.from_role_arn(self, "AsItIs", role.role_arn, mutable=False)
