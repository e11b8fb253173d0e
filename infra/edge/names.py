"""Names that the two stacks of the edge, and what is around them, must agree on."""

from infra.config import EnvironmentConfig

GLOBAL_REGION = "us-east-1"
"""Where CloudFront takes its firewall, its certificate and the delivery of its logs from."""
DEFAULT_HOME = "ap-northeast-1"
"""Where an environment without account.region is looked for, unless the deployment says else."""


def root_stack(config: EnvironmentConfig) -> str:
    """Return the name of the environment's root stack."""
    return f"iryo-{config.name}"


def global_stack(config: EnvironmentConfig) -> str:
    """Return the name of the edge's stack in us-east-1."""
    return f"iryo-{config.name}-edge-global"


def domains(config: EnvironmentConfig) -> tuple[str, ...]:
    """Return every name that the distribution answers to; none without a domain."""
    edge = config.edge
    checked = (checked_domain(config),) if edge.health_check_path else ()
    return (edge.domain, *edge.alternative_domains, *checked) if edge.domain else ()


def checked_domain(config: EnvironmentConfig) -> str:
    """Return the name that Route 53 checks: one that never fails over to anything else."""
    return f"health.{config.edge.domain}"
