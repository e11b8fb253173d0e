"""Names that two rooms must agree on without one depending on the other's resources."""

import aws_cdk as cdk

from infra.config import EnvironmentConfig


def trail_name(config: EnvironmentConfig) -> str:
    """Return the name of the CloudTrail trail.

    It is fixed so that the policies of the log key and of the trail's bucket can name the one
    trail that may use them.
    """
    return f"iryo-{config.name}"


def trail_arn(config: EnvironmentConfig) -> str:
    """Return the ARN of the CloudTrail trail in the account and Region of the stack."""
    return (
        f"arn:{cdk.Aws.PARTITION}:cloudtrail:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}"
        f":trail/{trail_name(config)}"
    )


def key_alias(config: EnvironmentConfig, purpose: str) -> str:
    """Return the alias of a key, for example alias/iryo-dev/confidential."""
    return f"alias/iryo-{config.name}/{purpose}"


def cluster_name(config: EnvironmentConfig) -> str:
    """Return the name of the ECS cluster, fixed so that the key of its disks can name it."""
    return f"iryo-{config.name}"
