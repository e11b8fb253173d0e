"""Who may reach the API at all. Who of them may call it is for IAM to say."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from infra.config import EnvironmentConfig

CALL = "execute-api:Invoke"


def resource_policy(config: EnvironmentConfig) -> iam.PolicyDocument:
    """Return the API's resource policy.

    A caller of this account needs an identity policy and nothing here allows it; a caller of
    another account of the organisation needs one in its account and the allowance here:
    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
    """
    organization = config.account.organization_id
    if organization is None:
        return iam.PolicyDocument(statements=[_deny({"aws:PrincipalAccount": cdk.Aws.ACCOUNT_ID})])
    return iam.PolicyDocument(
        statements=[_deny({"aws:PrincipalOrgID": organization}), _allow_sisters(organization)]
    )


def _deny(unless: dict[str, str]) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid="DenyOutsiders",
        effect=iam.Effect.DENY,
        principals=[iam.AnyPrincipal()],
        actions=[CALL],
        resources=["execute-api:/*"],
        conditions={"StringNotEquals": unless},
    )


def _allow_sisters(organization: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid="AllowOrganization",
        principals=[iam.AnyPrincipal()],
        actions=[CALL],
        resources=["execute-api:/v1/POST/records"],
        conditions={
            "StringEquals": {"aws:PrincipalOrgID": organization},
            "StringNotEquals": {"aws:PrincipalAccount": cdk.Aws.ACCOUNT_ID},
        },
    )
