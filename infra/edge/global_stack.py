"""The part of the edge that AWS wants in us-east-1: CloudFront and all that hangs on it.

A flat stack of its own, deployed after the environment's: decision 0008 says why.
"""

import aws_cdk as cdk
from aws_cdk import aws_shield as shield
from constructs import Construct

from infra.config import EnvironmentConfig
from infra.edge.access_logs import AccessLogs
from infra.edge.distribution import Distribution, Origin
from infra.edge.firewall import Firewall
from infra.edge.names import DEFAULT_HOME, GLOBAL_REGION, global_stack, root_stack
from infra.edge.records import Records
from infra.security import key_policy
from infra.security.keys import ClassKey
from infra.security.stack import LOG_CLASS

ORIGIN, BALANCER = "EdgeVpcOrigin", "EdgeLoadBalancer"
"""Outputs of the environment's root stack that this one reads while it is deployed."""


class EdgeGlobalStack(cdk.Stack):
    """CloudFront, its firewall, certificate, logs and names."""

    def __init__(self, scope: Construct, *, config: EnvironmentConfig, home: cdk.Stack) -> None:
        super().__init__(
            scope,
            global_stack(config),
            env=cdk.Environment(account=config.account.id, region=GLOBAL_REGION),
            description=f"Iryo medical platform, {config.name}: CloudFront",
            termination_protection=config.stage == "production",
        )
        self.add_stack_dependency(home)
        key = ClassKey(
            self,
            "Key",
            config=config,
            purpose="edge-logs",
            data_class=LOG_CLASS,
            services=("s3",),
            statements=[key_policy.log_groups()],
        ).key
        firewall = Firewall(self, "Firewall", config=config, key=key, cloudfront=True)
        distribution = Distribution(
            self,
            "Distribution",
            config=config,
            origin=self._origin(config),
            web_acl_arn=firewall.arn,
        )
        AccessLogs(self, "AccessLogs", config=config, key=key, distribution_arn=distribution.arn)
        records = self._records(config, distribution)
        if config.edge.shield_advanced:
            self._shield(config, distribution, records)
        name = config.edge.domain or distribution.resource.attr_domain_name
        cdk.CfnOutput(self, "EdgeUrl", value=f"https://{name}/")
        cdk.CfnOutput(self, "DistributionId", value=distribution.resource.ref)

    def _origin(self, config: EnvironmentConfig) -> Origin:
        """Return where the load balancer is, read from the environment's stack when deployed."""
        region = config.account.region or self._home().value_as_string
        name = root_stack(config)
        return Origin(
            vpc_origin_id=cdk.Fn.get_stack_output(name, ORIGIN, region),
            dns_name=cdk.Fn.get_stack_output(name, BALANCER, region),
        )

    def _home(self) -> cdk.CfnParameter:
        return cdk.CfnParameter(
            self,
            "HomeRegion",
            description="The Region of the environment's stack",
            default=DEFAULT_HOME,
            allowed_pattern=r"^[a-z]{2}(-[a-z]+)+-\d$",
        )

    def _records(self, config: EnvironmentConfig, distribution: Distribution) -> Records | None:
        if config.edge.hosted_zone_id is None:
            return None
        target = distribution.resource.attr_domain_name
        return Records(self, "Records", config=config, target=target)

    def _shield(
        self, config: EnvironmentConfig, distribution: Distribution, records: Records | None
    ) -> None:
        """Protect the distribution; the subscription itself is taken by hand, once an account."""
        check = records.health_check if records else None
        arn = f"arn:{self.partition}:route53:::healthcheck/"
        automatic = shield.CfnProtection.ApplicationLayerAutomaticResponseConfigurationProperty
        shield.CfnProtection(
            self,
            "Shield",
            name=global_stack(config),
            resource_arn=distribution.arn,
            health_check_arns=[f"{arn}{check.attr_health_check_id}"] if check else None,
            application_layer_automatic_response_configuration=automatic(
                action=shield.CfnProtection.ActionProperty(block={}), status="ENABLED"
            ),
        )
