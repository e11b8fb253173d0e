"""DNS: the domain, and what it says while the services do not answer."""

from aws_cdk import aws_route53 as route53
from constructs import Construct

from infra.config import EnvironmentConfig
from infra.edge.names import checked_domain, domains

CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2"
"""The zone of every distribution:
https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html"""
Record = route53.CfnRecordSet


class Records(Construct):
    """Alias records of every name, IPv4 and IPv6, and the health check if one is wanted.

    The check asks a name of its own, which always leads to the distribution: the domain itself
    leads elsewhere while it fails.
    """

    health_check: route53.CfnHealthCheck | None = None

    def __init__(
        self, scope: Construct, construct_id: str, *, config: EnvironmentConfig, target: str
    ) -> None:
        super().__init__(scope, construct_id)
        if config.edge.health_check_path:
            self.health_check = self._check(config)
        for index, name in enumerate(domains(config)):
            for kind in ("A", "AAAA"):
                self._record(config, f"{kind}{index}", name=name, kind=kind, target=target)

    def _record(
        self, config: EnvironmentConfig, id: str, *, name: str, kind: str, target: str
    ) -> None:
        zone = config.edge.hosted_zone_id
        failover = config.edge.failover
        fails_over = failover.target is not None and name != checked_domain(config)
        assert self.health_check or not fails_over  # noqa: S101 (checked in the configuration)
        Record(
            self,
            id,
            hosted_zone_id=zone,
            name=name,
            type=kind,
            alias_target=_alias(target, CLOUDFRONT_ZONE),
            failover="PRIMARY" if fails_over else None,
            set_identifier="primary" if fails_over else None,
            health_check_id=self.health_check.attr_health_check_id
            if fails_over and self.health_check
            else None,
        )
        if fails_over:
            Record(
                self,
                f"{id}Secondary",
                hosted_zone_id=zone,
                name=name,
                type=kind,
                alias_target=_alias(str(failover.target), str(failover.target_zone_id)),
                failover="SECONDARY",
                set_identifier="secondary",
            )

    def _check(self, config: EnvironmentConfig) -> route53.CfnHealthCheck:
        return route53.CfnHealthCheck(
            self,
            "HealthCheck",
            health_check_config=route53.CfnHealthCheck.HealthCheckConfigProperty(
                type="HTTPS",
                fully_qualified_domain_name=checked_domain(config),
                resource_path=config.edge.health_check_path,
                port=443,
                enable_sni=True,
                request_interval=30,
                failure_threshold=3,
                measure_latency=False,
            ),
        )


def _alias(name: str, zone: str) -> Record.AliasTargetProperty:
    return Record.AliasTargetProperty(
        dns_name=name, hosted_zone_id=zone, evaluate_target_health=False
    )
