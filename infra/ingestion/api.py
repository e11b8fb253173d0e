"""The REST API: POST /records of stage v1."""

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from compliance.waivers import waive
from infra.config import EnvironmentConfig
from infra.ingestion import waivers
from infra.ingestion.api_domain import ApiDomain
from infra.ingestion.api_logs import ApiLogRole, access_log_format
from infra.ingestion.api_policy import resource_policy
from infra.ingestion.log_group import log_group

STAGE = "v1"
# TLS 1.3 only (requirements 3.1.2):
# https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html
SECURITY_POLICY = "SecurityPolicy_TLS13_1_3_2025_09"
HEADERS = {
    "Content-Type": True,
    "Content-Encoding": False,
    "X-Source": False,
    "X-Column-Policy": False,
}
"""Headers of the method; those that are True must be there."""


class IngestionApi(Construct):
    """A regional API whose only method asks for a signature of IAM and calls one function."""

    api: apigateway.RestApi
    url: str
    """Where senders send to, ending with a slash."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        function: lambda_.IFunction,
        log_key: kms.IKey,
    ) -> None:
        super().__init__(scope, construct_id)
        access_logs = log_group(self, "AccessLogs", config=config, key=log_key, audit=True)
        self.api = apigateway.RestApi(
            self,
            "Api",
            description="Takes records in",
            endpoint_configuration=apigateway.EndpointConfiguration(
                types=[apigateway.EndpointType.REGIONAL]
            ),
            policy=resource_policy(config),
            # With mutual TLS there is no way in but the domain that asks for a certificate.
            disable_execute_api_endpoint=config.ingestion.mutual_tls.domain is not None or None,
            # Everything is bytes: gzip and Shift_JIS must arrive as they were sent.
            binary_media_types=["*/*"],
            cloud_watch_role=False,
            deploy_options=apigateway.StageOptions(
                stage_name=STAGE,
                access_log_destination=apigateway.LogGroupLogDestination(access_logs),
                access_log_format=access_log_format(),
                logging_level=apigateway.MethodLoggingLevel.ERROR,
                data_trace_enabled=False,
                metrics_enabled=True,
                tracing_enabled=True,
                throttling_rate_limit=config.ingestion.requests_per_second,
                throttling_burst_limit=config.ingestion.burst,
            ),
        )
        self._only_new_tls()
        self._add_method(function)
        self._add_replies()
        self._log_executions(config, log_key)
        stage = self.api.deployment_stage
        self.url = self.api.url
        if config.ingestion.mutual_tls.domain:
            self.url = ApiDomain(self, "Domain", config=config, stage=stage).url
        waive(stage, *waivers.no_cache(config), *waivers.no_client_certificate(config))

    def _only_new_tls(self) -> None:
        resource = self.api.node.default_child
        assert isinstance(resource, apigateway.CfnRestApi)  # noqa: S101 (what a RestApi consists of)
        resource.security_policy = SECURITY_POLICY
        resource.endpoint_access_mode = "STRICT"

    def _add_method(self, function: lambda_.IFunction) -> None:
        self.api.root.add_resource("records").add_method(
            "POST",
            apigateway.LambdaIntegration(
                function, allow_test_invoke=False, timeout=cdk.Duration.seconds(29)
            ),
            authorization_type=apigateway.AuthorizationType.IAM,
            request_parameters={
                f"method.request.header.{name}": required for name, required in HEADERS.items()
            },
            request_validator=apigateway.RequestValidator(
                self,
                "Validator",
                rest_api=self.api,
                validate_request_parameters=True,
                validate_request_body=False,
            ),
        )

    def _add_replies(self) -> None:
        """Let API Gateway's own refusals look like the function's."""
        replies = {
            "TooLarge": (apigateway.ResponseType.REQUEST_TOO_LARGE, "too_large"),
            "Parameters": (apigateway.ResponseType.BAD_REQUEST_PARAMETERS, "invalid_header"),
            "Throttled": (apigateway.ResponseType.THROTTLED, "throttled"),
            "Default5xx": (apigateway.ResponseType.DEFAULT_5_XX, "unavailable"),
        }
        for name, (kind, reason) in replies.items():
            self.api.add_gateway_response(
                name,
                type=kind,
                # messageString is the message with its quotation marks.
                templates={
                    "application/json": f'{{"reason": "{reason}", '
                    '"detail": $context.error.messageString, '
                    '"correlation_id": "$context.requestId"}'
                },
            )

    def _log_executions(self, config: EnvironmentConfig, key: kms.IKey) -> None:
        # API Gateway would make this group without a key and keep it for ever.
        group = log_group(
            self,
            "ExecutionLogs",
            config=config,
            key=key,
            name=f"API-Gateway-Execution-Logs_{self.api.rest_api_id}/{STAGE}",
        )
        account = ApiLogRole(self, "LogRole").account
        self.api.deployment_stage.node.add_dependency(group, account)
