"""Names and places that the room's parts agree on.

Policies, event patterns and functions name pipelines, versions and the endpoint before they exist,
so these have fixed names; each carries the environment, since an account may hold several.
"""

from dataclasses import dataclass
from functools import cache

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
TRUTH = f"{CAPTURE}/truth"
"""What turned out to be true, as JSON lines, in a folder an endpoint."""
MONITORING = "monitoring"
ASYNC = "async"


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
    def quality(self) -> str:
        """Return the pipeline that holds answers against what turned out to be true."""
        return f"{self.prefix}-clinical-quality"

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
    partition, region = _here()
    return f"arn:{partition}:{service}:{region}:{account}:{resource}"


@cache
def _here() -> tuple[str, str]:
    """Return the tokens of partition and Region, each a call to Node that need not be repeated."""
    return cdk.Aws.PARTITION, cdk.Aws.REGION


def sagemaker(resource: str) -> str:
    """Return an ARN of SageMaker in this account and Region."""
    return arn("sagemaker", resource)
