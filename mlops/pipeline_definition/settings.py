"""What of the clinical pipeline differs from one environment to another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum

from mlops.pipeline_definition.jobs import HOUR, Protection
from mlops.pipeline_definition.structure import near


class Distribution(StrEnum):
    """How training is spread over instances."""

    NONE = "none"
    TORCHRUN = "torchrun"
    """Our own step container with PyTorch: torchrun starts one process an instance."""
    SAGEMAKER = "sagemaker"
    """SageMaker's distributed data parallel library, in an image that has its training toolkit."""
    HOROVOD = "horovod"
    """Horovod over MPI, in an image that has it and SageMaker's training toolkit."""


class SettingError(ValueError):
    """A setting of the clinical pipeline is unknown or has a wrong value."""


@dataclass(frozen=True, kw_only=True)
class ClinicalSettings:
    """Where the clinical pipeline runs and what it must reach; strings may be CDK tokens."""

    role_arn: str
    image: str
    """The step container, in a private ECR registry, best by digest."""
    kms_key: str
    data_uri: str
    """S3 URI of the records: the important or the general bucket."""
    artifact_uri: str
    """S3 URI under which each run writes, without a slash at the end."""
    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]
    tags: Mapping[str, str]
    """project, cost-center, owner, environment and data-class at least."""
    name: str = "iryo-clinical"
    package_group: str = "iryo-clinical"
    dataset: str = "breast_cancer"
    """A data contract in mlops/steps/contracts."""
    algorithm: str = "logistic"
    """logistic or boosting."""
    processing_instance: str = "ml.m7i.large"
    training_instance: str = "ml.m7i.xlarge"
    inference_instances: tuple[str, ...] = ("ml.m7i.large", "ml.m7i.xlarge")
    training_count: int = 1
    distribution: Distribution = Distribution.NONE
    tune: bool = False
    tuning_jobs: int = 8
    lime: bool = False
    feature_group: str | None = None
    """Name of the Feature Store group that takes the features; absent: they are only written."""
    minimum_auc: float = 0.99
    minimum_recall: float = 0.9
    largest_recall_gap: float = 0.2
    largest_calibration_error: float = 0.1
    target_recall: float = 0.97
    """The decision threshold is the highest that reaches this recall on the validation part."""
    seed: int = 7
    longest_seconds: int = HOUR
    cache_days: int = 30
    extra_environment: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        spread = self.distribution != Distribution.NONE
        if spread != (self.training_count > 1):
            raise SettingError(
                f"setting distribution: {self.distribution} with training_count "
                f"{self.training_count}; none goes with 1, the others with 2 or more"
            )
        if spread and self.algorithm != "logistic":
            raise SettingError(
                f"setting algorithm: {self.algorithm} trains on one instance; distribution none or "
                "algorithm logistic is allowed"
            )

    def protection(self) -> Protection:
        """Return what every job of the pipeline gets."""
        return Protection(
            role_arn=self.role_arn,
            kms_key=self.kms_key,
            subnets=self.subnets,
            security_groups=self.security_groups,
            tags=self.tags,
            longest_seconds=self.longest_seconds,
        )


def example_settings(**changes: object) -> ClinicalSettings:
    """Return settings with a made-up account, for the laptop, tests and documentation."""
    given: dict[str, object] = {
        "role_arn": "arn:aws:iam::111122223333:role/iryo-pipeline",
        "image": "111122223333.dkr.ecr.ap-northeast-1.amazonaws.com/iryo/steps:1",
        "kms_key": "arn:aws:kms:ap-northeast-1:111122223333:key/mrk-0a1b2c3d",
        "data_uri": "s3://iryo-important/records",
        "artifact_uri": "s3://iryo-important/pipelines/iryo-clinical",
        "subnets": ("subnet-0a1b2c3d", "subnet-4e5f6a7b"),
        "security_groups": ("sg-0a1b2c3d",),
        "tags": {
            "project": "iryo",
            "cost-center": "clinical",
            "owner": "ml-team",
            "environment": "dev",
            "data-class": "important",
        },
    }
    return ClinicalSettings(**{**given, **changes})  # type: ignore[arg-type]


_READ: dict[object, Callable[[str], object]] = {
    str: str,
    str | None: str,
    int: int,
    float: float,
    bool: lambda text: {"true": True, "false": False}[text.lower()],
    Distribution: Distribution,
}


def setting_values(given: Mapping[str, str]) -> dict[str, object]:
    """Return settings given as text with their types; raises SettingError."""
    kinds = {f.name: f.type for f in fields(ClinicalSettings) if f.type in _READ}
    values: dict[str, object] = {}
    for name, text in given.items():
        if name not in kinds:
            raise SettingError(f"setting {name}: there is none; {near(name, kinds)}")
        kind = kinds[name]
        try:
            values[name] = _READ[kind](text)
        except (ValueError, KeyError):
            shown = (
                ", ".join(Distribution) if kind is Distribution else getattr(kind, "__name__", "")
            )
            raise SettingError(f"setting {name}: {text!r} was given, {shown} is allowed") from None
    return values
