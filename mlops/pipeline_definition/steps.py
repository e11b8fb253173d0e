"""The step types of a pipeline, one class each.

A step's `arguments` are the request of the API call behind it, for example CreateTrainingJob
without the job's name; `mlops.pipeline_definition.jobs` builds them with our safeguards in place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from mlops.pipeline_definition.conditions import Condition
from mlops.pipeline_definition.references import Get, Json, JsonGet, PropertyFile, encode


@dataclass(frozen=True, kw_only=True)
class Cache:
    """Reuse an earlier success with the same inputs; `expire_after` is an ISO 8601 duration."""

    expire_after: str = "P30D"

    def to_json(self) -> Json:
        """Return the setting as the definition writes it."""
        return {"Enabled": True, "ExpireAfter": self.expire_after}


STEP_FAULTS = ("Step.SERVICE_FAULT", "Step.THROTTLING")
JOB_FAULTS = (
    *("SageMaker.JOB_INTERNAL_ERROR", "SageMaker.CAPACITY_ERROR"),
    "SageMaker.RESOURCE_LIMIT",
)


@dataclass(frozen=True, kw_only=True)
class Retry:
    """Try again after the named faults; intervals in seconds, growing by `backoff`."""

    faults: tuple[str, ...] = STEP_FAULTS
    interval: int = 30
    backoff: float = 2.0
    attempts: int = 3

    def to_json(self) -> Json:
        """Return the policy as the definition writes it."""
        return {
            "ExceptionType": list(self.faults),
            "IntervalSeconds": self.interval,
            "BackoffRate": self.backoff,
            "MaxAttempts": self.attempts,
        }


@dataclass(frozen=True, kw_only=True)
class Step:
    """What all steps have in common."""

    type: ClassVar[str]
    name: str
    description: str | None = None
    depends_on: tuple[str, ...] = ()

    def arguments(self) -> Json:
        """Return the request of the call behind the step."""
        raise NotImplementedError

    def extras(self) -> dict[str, Any]:
        """Return the keys beside Arguments that this type of step has."""
        return {}

    def property(self, path: str) -> Get:
        """Refer to a value of the finished step, for example `ModelArtifacts.S3ModelArtifacts`."""
        return Get(f"Steps.{self.name}.{path}")

    def to_json(self) -> Json:
        """Return the step as the definition writes it."""
        step: dict[str, Any] = {"Name": self.name, "Type": self.type}
        if self.description:
            step["Description"] = self.description
        if self.depends_on:
            step["DependsOn"] = list(self.depends_on)
        step["Arguments"] = encode(self.arguments())
        step.update({key: encode(value) for key, value in self.extras().items() if value})
        return step


@dataclass(frozen=True, kw_only=True)
class _JobStep(Step):
    """A step that starts a job: it can be cached and retried, and writes property files."""

    job: Mapping[str, Any]
    cache: Cache | None = None
    retries: tuple[Retry, ...] = ()
    property_files: tuple[PropertyFile, ...] = ()

    def arguments(self) -> Json:
        """Return the request of the call behind the step."""
        return self.job

    def extras(self) -> dict[str, Any]:
        """Return the keys beside Arguments that this type of step has."""
        return {
            "PropertyFiles": self.property_files,
            "CacheConfig": self.cache,
            "RetryPolicies": self.retries,
        }


class Processing(_JobStep):
    """A processing job (CreateProcessingJob)."""

    type = "Processing"

    def output(self, name: str) -> Get:
        """Refer to the S3 URI of a named output."""
        return self.property(f"ProcessingOutputConfig.Outputs['{name}'].S3Output.S3Uri")

    def read(self, file: str, path: str) -> JsonGet:
        """Refer to a value in one of the step's property files."""
        return JsonGet(step=self.name, file=file, path=path)


class Training(_JobStep):
    """A training job (CreateTrainingJob)."""

    type = "Training"

    @property
    def model(self) -> Get:
        """Refer to the S3 URI of model.tar.gz."""
        return self.property("ModelArtifacts.S3ModelArtifacts")


class Tuning(_JobStep):
    """A hyperparameter tuning job (CreateHyperParameterTuningJob)."""

    type = "Tuning"


class Transform(_JobStep):
    """A batch transform job (CreateTransformJob)."""

    type = "Transform"


class Model(_JobStep):
    """A model to be served or transformed with (CreateModel)."""

    type = "Model"


class RegisterModel(_JobStep):
    """A version in a model package group (CreateModelPackage)."""

    type = "RegisterModel"


@dataclass(frozen=True, kw_only=True)
class _CheckStep(_JobStep):
    """A baseline or drift check; `job` is a CreateProcessingJob request."""

    check_type: str
    package_group: Any = None
    skip: Any = False
    register_baseline: Any = False

    def extras(self) -> dict[str, Any]:
        """Return the keys beside Arguments that this type of step has."""
        return {
            **super().extras(),
            "CheckType": self.check_type,
            "ModelPackageGroupName": self.package_group,
            "SkipCheck": self.skip,
            "RegisterNewBaseline": self.register_baseline,
        }


class QualityCheck(_CheckStep):
    """Data or model quality against a baseline: DATA_QUALITY or MODEL_QUALITY."""

    type = "QualityCheck"


class ClarifyCheck(_CheckStep):
    """Bias or explainability: DATA_BIAS, MODEL_BIAS or MODEL_EXPLAINABILITY."""

    type = "ClarifyCheck"


@dataclass(frozen=True, kw_only=True)
class Output:
    """A value that a Lambda or Callback step hands back."""

    name: str
    type: Literal["String", "Integer", "Float", "Boolean"] = "String"

    def to_json(self) -> Json:
        """Return the declaration as the definition writes it."""
        return {"OutputName": self.name, "OutputType": self.type}


@dataclass(frozen=True, kw_only=True)
class _CallStep(Step):
    """A step that hands arguments to somebody and takes outputs back."""

    inputs: Mapping[str, Any]
    outputs: tuple[Output, ...] = ()
    cache: Cache | None = None

    def arguments(self) -> Json:
        """Return the request of the call behind the step."""
        return self.inputs

    def output(self, name: str) -> Get:
        """Refer to an output."""
        return self.property(f"OutputParameters['{name}']")


@dataclass(frozen=True, kw_only=True)
class Lambda(_CallStep):
    """Call a Lambda function."""

    type = "Lambda"
    function_arn: str

    def extras(self) -> dict[str, Any]:
        """Return the keys beside Arguments that this type of step has."""
        return {
            "FunctionArn": self.function_arn,
            "OutputParameters": self.outputs,
            "CacheConfig": self.cache,
        }


@dataclass(frozen=True, kw_only=True)
class Callback(_CallStep):
    """Put a message with a token on a queue and wait for the answer."""

    type = "Callback"
    queue_url: str

    def extras(self) -> dict[str, Any]:
        """Return the keys beside Arguments that this type of step has."""
        return {
            "SqsQueueUrl": self.queue_url,
            "OutputParameters": self.outputs,
            "CacheConfig": self.cache,
        }


@dataclass(frozen=True, kw_only=True)
class Emr(Step):
    """Run a step on an EMR cluster that exists."""

    type = "EMR"
    cluster_id: Any
    jar: str
    jar_arguments: tuple[Any, ...] = ()
    cache: Cache | None = None

    def arguments(self) -> Json:
        """Return the request of the call behind the step."""
        return {
            "ClusterId": self.cluster_id,
            "StepConfig": {"HadoopJarStep": {"Jar": self.jar, "Args": list(self.jar_arguments)}},
        }

    def extras(self) -> dict[str, Any]:
        """Return the keys beside Arguments that this type of step has."""
        return {"CacheConfig": self.cache}


@dataclass(frozen=True, kw_only=True)
class Choose(Step):
    """Take one of two branches; all conditions must hold for the first."""

    type = "Condition"
    conditions: tuple[Condition, ...]
    if_true: tuple[Step, ...] = ()
    if_false: tuple[Step, ...] = ()

    def arguments(self) -> Json:
        """Return the request of the call behind the step."""
        return {
            "Conditions": self.conditions,
            "IfSteps": self.if_true,
            "ElseSteps": self.if_false,
        }


@dataclass(frozen=True, kw_only=True)
class Fail(Step):
    """End the pipeline as Failed with a reason."""

    type = "Fail"
    message: Any

    def arguments(self) -> Json:
        """Return the request of the call behind the step."""
        return {"ErrorMessage": self.message}
