"""Excuses of this room, each hung on one resource by the module that makes it."""

from datetime import date

from compliance.excuses import Excuses
from compliance.waivers import Waiver
from infra.config import EnvironmentConfig

EXCUSES = Excuses(ticket="IRYO-MLOPS-1", expires=date(2027, 9, 30))
_SERVERLESS = "AWS gives a serverless endpoint no VPC, no isolation and no guarded update."
_NOT_PRODUCTION = (
    "The configuration refuses such an endpoint in production; the server only answers and reads "
    "nothing but its archive."
)


def features_call_aws(config: EnvironmentConfig) -> Waiver:
    """Excuse that the step that fills the Feature Store can open connections."""
    return EXCUSES.one(
        config,
        rule="IRYO-SAGEMAKER-JOBS-NETWORK",
        finding="Features.NetworkConfig.EnableNetworkIsolation",
        reason="Records reach the Feature Store only by calls, which an isolated job cannot make.",
        compensating_control="The job stays in the VPC; its group reaches interface and gateway "
        "endpoints only, whose policies admit this organisation's resources; the job is tagged.",
    )


def serverless_model(config: EnvironmentConfig) -> list[Waiver]:
    """Excuse that a serverless endpoint's model is not in the VPC."""
    findings = ("EnableNetworkIsolation", "VpcConfig.SecurityGroupIds", "VpcConfig.Subnets")
    return [
        EXCUSES.one(
            config,
            rule="IRYO-SAGEMAKER-MODEL",
            finding=finding,
            reason=_SERVERLESS,
            compensating_control=_NOT_PRODUCTION,
        )
        for finding in findings
    ]


def serverless_update(config: EnvironmentConfig) -> Waiver:
    """Excuse that no alarm rolls back the update of a serverless endpoint."""
    return EXCUSES.one(
        config,
        rule="IRYO-SAGEMAKER-ENDPOINT-ROLLBACK",
        finding="DeploymentConfig.AutoRollbackConfiguration.Alarms",
        reason=_SERVERLESS,
        compensating_control=_NOT_PRODUCTION,
    )
