"""How API Gateway writes logs: who called and what came of it, never what was said."""

import json

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from constructs import Construct

# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
# The caller is the signing principal, for the audit trail. Its address, headers and the query are
# left out: what a sender puts there could name a patient.
FIELDS = {
    "time": "$context.requestTime",
    "request_id": "$context.requestId",
    "extended_request_id": "$context.extendedRequestId",
    "trace_id": "$context.xrayTraceId",
    "account": "$context.identity.accountId",
    "caller": "$context.identity.caller",
    "method": "$context.httpMethod",
    "resource": "$context.resourcePath",
    "status": "$context.status",
    "error": "$context.error.responseType",
    "waf_status": "$context.waf.status",
    "integration_status": "$context.integration.status",
    "latency_ms": "$context.responseLatency",
    "integration_latency_ms": "$context.integration.latency",
    "response_bytes": "$context.responseLength",
    "tls_version": "$context.tlsVersion",
}
# https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
ACTIONS = (
    *("logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogGroups"),
    *("logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:GetLogEvents", "logs:PutLogEvents"),
)


def access_log_format() -> apigateway.AccessLogFormat:
    """Return the format of the access log: one JSON object a line."""
    return apigateway.AccessLogFormat.custom(json.dumps(FIELDS))


class ApiLogRole(Construct):
    """The role by which API Gateway writes logs: a setting of the whole account and Region.

    It outlives the stack, since other APIs of the account may have come to rely on it.
    """

    account: apigateway.CfnAccount

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        groups = cdk.Stack.of(self).format_arn(service="logs", resource="*")
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"))
        policy = iam.ManagedPolicy(
            self,
            "Policy",
            roles=[role.without_policy_updates()],
            statements=[iam.PolicyStatement(sid="Logs", actions=list(ACTIONS), resources=[groups])],
        )
        self.account = apigateway.CfnAccount(self, "Account", cloud_watch_role_arn=role.role_arn)
        self.account.node.add_dependency(policy)
        for construct in (role, policy, self.account):
            construct.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
