"""The web application firewall in front of the API."""

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_kms as kms
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from infra.config import EnvironmentConfig
from infra.ingestion.log_group import log_group

BODY_RULES = (
    *("SizeRestrictions_BODY", "CrossSiteScripting_BODY", "GenericLFI_BODY", "GenericRFI_BODY"),
    "EC2MetaDataSSRF_BODY",
)
"""Count only: a Bundle is longer than 8 KB and its narratives are XHTML."""
SECRET_HEADERS = ("authorization", "x-amz-security-token")
ONLY_FINDINGS = {
    "DefaultBehavior": "DROP",
    "Filters": [
        {
            "Behavior": "KEEP",
            "Requirement": "MEETS_ANY",
            "Conditions": [
                {"ActionCondition": {"Action": action}} for action in ("BLOCK", "COUNT")
            ],
        }
    ],
}
"""Log filter; free-form JSON to CDK, so the names are those of CloudFormation."""
WINDOW = 60
"""Seconds over which requests of one address are counted."""


class Firewall(Construct):
    """A regional web ACL with AWS managed rules and a limit an address, and its log.

    What passes is not logged: the API's access log has it. Signatures never are.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        stage: apigateway.Stage,
        log_key: kms.IKey,
    ) -> None:
        super().__init__(scope, construct_id)
        acl = wafv2.CfnWebACL(
            self,
            "WebAcl",
            scope="REGIONAL",
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=_visibility("Ingestion"),
            description="In front of the ingestion API",
            rules=[
                _managed(0, "AWSManagedRulesAmazonIpReputationList"),
                _managed(1, "AWSManagedRulesKnownBadInputsRuleSet"),
                _managed(2, "AWSManagedRulesCommonRuleSet", count=BODY_RULES),
                _limit(3, config.ingestion.requests_per_second * WINDOW),
            ],
        )
        wafv2.CfnWebACLAssociation(
            self, "Association", resource_arn=stage.stage_arn, web_acl_arn=acl.attr_arn
        )
        self._log(acl, config, log_key)

    def _log(self, acl: wafv2.CfnWebACL, config: EnvironmentConfig, key: kms.IKey) -> None:
        # AWS WAF writes only to groups whose name starts with aws-waf-logs-.
        name = f"aws-waf-logs-iryo-{config.name}-ingestion"
        group = log_group(self, "Logs", config=config, key=key, name=name, audit=True)
        logging = wafv2.CfnLoggingConfiguration(
            self,
            "Logging",
            resource_arn=acl.attr_arn,
            log_destination_configs=[
                cdk.Stack.of(self).format_arn(
                    service="logs",
                    resource="log-group",
                    resource_name=name,
                    arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
                )
            ],
            logging_filter=ONLY_FINDINGS,
            redacted_fields=[
                wafv2.CfnLoggingConfiguration.FieldToMatchProperty(single_header={"Name": header})
                for header in SECRET_HEADERS
            ],
        )
        logging.node.add_dependency(group)


def _managed(
    priority: int, name: str, *, count: tuple[str, ...] = ()
) -> wafv2.CfnWebACL.RuleProperty:
    only_count = wafv2.CfnWebACL.RuleActionProperty(count={})
    return wafv2.CfnWebACL.RuleProperty(
        name=name,
        priority=priority,
        override_action=wafv2.CfnWebACL.OverrideActionProperty(none={}),
        visibility_config=_visibility(name),
        statement=wafv2.CfnWebACL.StatementProperty(
            managed_rule_group_statement=wafv2.CfnWebACL.ManagedRuleGroupStatementProperty(
                vendor_name="AWS",
                name=name,
                rule_action_overrides=[
                    wafv2.CfnWebACL.RuleActionOverrideProperty(name=rule, action_to_use=only_count)
                    for rule in count
                ]
                or None,
            )
        ),
    )


def _limit(priority: int, requests: int) -> wafv2.CfnWebACL.RuleProperty:
    """Block an address that alone would use up the API's throttle."""
    return wafv2.CfnWebACL.RuleProperty(
        name="LimitPerAddress",
        priority=priority,
        action=wafv2.CfnWebACL.RuleActionProperty(block={}),
        visibility_config=_visibility("LimitPerAddress"),
        statement=wafv2.CfnWebACL.StatementProperty(
            rate_based_statement=wafv2.CfnWebACL.RateBasedStatementProperty(
                aggregate_key_type="IP", limit=requests, evaluation_window_sec=WINDOW
            )
        ),
    )


def _visibility(name: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
    # Sampled requests would show headers and paths of callers in the console.
    return wafv2.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
    )
