"""Names and places that the room's parts agree on.

Policies, event patterns and functions name pipelines, versions and the endpoint before they exist,
so these have fixed names; each carries the environment, since an account may hold several.
"""

from dataclasses import dataclass

import aws_cdk as cdk

from infra.config import EnvironmentConfig

PIPELINES = "pipelines"
"""In the important bucket: what pipelines write, models among it."""
FEATURES = "features"
MLFLOW = "mlflow"
WORKSPACES = "workspaces"
SCORING = "scoring"
AIRFLOW = "airflow"
CAPTURE = "capture"
"""In the confidential bucket: requests and answers of endpoints."""
MONITORING = "monitoring"
ASYNC = "async"
VARIANT = "primary"
"""The variant that serves; `mlops.runtime.deploy` calls it the same."""


@dataclass(frozen=True, kw_only=True)
class Names:
    """Physical names of the room's resources."""

    prefix: str
    dataset: str

    @classmethod
    def of(cls, config: EnvironmentConfig) -> "Names":
        """Return the names of an environment."""
        return cls(
            prefix=f"{config.tags.project}-{config.name}",
            dataset=config.mlops.training.dataset.replace("_", "-"),
        )

    @property
    def package_group(self) -> str:
        """Return the group that versions are registered in."""
        return f"{self.prefix}-{self.dataset}"

    @property
    def endpoint(self) -> str:
        """Return the endpoint."""
        return f"{self.prefix}-{self.dataset}"

    @property
    def feature_group(self) -> str:
        """Return the Feature Store group."""
        return f"{self.prefix}-{self.dataset}"

    @property
    def clinical(self) -> str:
        """Return the pipeline that trains."""
        return f"{self.prefix}-clinical"

    @property
    def drift(self) -> str:
        """Return the pipeline that checks for drift."""
        return f"{self.prefix}-clinical-drift"

    @property
    def scoring(self) -> str:
        """Return the pipeline that scores files with a batch transform."""
        return f"{self.prefix}-scoring"

    @property
    def database(self) -> str:
        """Return the Glue database of the offline store."""
        return f"{self.prefix}_features".replace("-", "_")


def arn(service: str, resource: str, *, account: str = cdk.Aws.ACCOUNT_ID) -> str:
    """Return an ARN of this Region, by default of this account."""
    return f"arn:{cdk.Aws.PARTITION}:{service}:{cdk.Aws.REGION}:{account}:{resource}"


def sagemaker(resource: str) -> str:
    """Return an ARN of SageMaker in this account and Region."""
    return arn("sagemaker", resource)
