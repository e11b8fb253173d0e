"""A web ACL and its log."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from infra.config import EnvironmentConfig
from infra.edge.firewall_rules import inspected, rules, visibility
from infra.ingestion.log_group import log_group

SECRET_HEADERS = ("authorization", "cookie", "x-amz-security-token", "x-api-key")
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


class Firewall(Construct):
    """A web ACL before CloudFront (`cloudfront`) or before the load balancer, and its log.

    What passes is not logged here: the access logs have it. A log never has a body, and here
    neither credentials nor the query, which can name a patient.
    """

    arn: str

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        key: kms.IKey,
        cloudfront: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        firewall = config.edge.firewall
        limit = wafv2.CfnWebACL.RequestBodyAssociatedResourceTypeConfigProperty(
            default_size_inspection_limit=inspected(firewall.body_limit_kb)
        )
        acl = wafv2.CfnWebACL(
            self,
            "WebAcl",
            scope="CLOUDFRONT" if cloudfront else "REGIONAL",
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=visibility("Edge"),
            description=f"Before the {'distribution' if cloudfront else 'load balancer'}",
            rules=rules(firewall, cloudfront=cloudfront),
            association_config=wafv2.CfnWebACL.AssociationConfigProperty(
                request_body={"CLOUDFRONT": limit}
            )
            if cloudfront
            else None,
        )
        self.arn = acl.attr_arn
        self._log(acl, config, key, name="edge-global" if cloudfront else "edge")

    def _log(
        self, acl: wafv2.CfnWebACL, config: EnvironmentConfig, key: kms.IKey, *, name: str
    ) -> None:
        # AWS WAF writes only to groups whose name starts with aws-waf-logs-.
        name = f"aws-waf-logs-iryo-{config.name}-{name}"
        group = log_group(self, "Logs", config=config, key=key, name=name, audit=True)
        hidden = wafv2.CfnLoggingConfiguration.FieldToMatchProperty
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
                *(hidden(single_header={"Name": header}) for header in SECRET_HEADERS),
                hidden(query_string={}),
            ],
        )
        logging.node.add_dependency(group)
