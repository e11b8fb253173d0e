"""SageMaker as botocore describes it: the calls behind steps, their shapes and enumerations."""

import gzip
from functools import cache
from pathlib import Path
from typing import Any

import botocore
from botocore.loaders import create_loader
from botocore.model import ServiceModel, Shape, StructureShape

# A step's Arguments are the call's request without the name, which SageMaker makes up itself.
CALLS = {
    "Processing": ("CreateProcessingJob", "DescribeProcessingJob", "ProcessingJobName"),
    "Training": ("CreateTrainingJob", "DescribeTrainingJob", "TrainingJobName"),
    "Tuning": (
        "CreateHyperParameterTuningJob",
        "DescribeHyperParameterTuningJob",
        "HyperParameterTuningJobName",
    ),
    "Transform": ("CreateTransformJob", "DescribeTransformJob", "TransformJobName"),
    "Model": ("CreateModel", "DescribeModel", "ModelName"),
    "RegisterModel": ("CreateModelPackage", "DescribeModelPackage", "ModelPackageName"),
    "QualityCheck": ("CreateProcessingJob", "DescribeProcessingJob", "ProcessingJobName"),
    "ClarifyCheck": ("CreateProcessingJob", "DescribeProcessingJob", "ProcessingJobName"),
}


@cache
def sagemaker() -> ServiceModel:
    """Return the service model that botocore ships."""
    return ServiceModel(_description(), service_name="sagemaker")


def _description() -> Any:
    """Read 4 MB of JSON, five times as quickly where orjson is (not in every container)."""
    try:
        import orjson  # noqa: PLC0415
    except ImportError:
        return create_loader().load_service_model("sagemaker", "service-2")
    folder = Path(botocore.__file__).parent / "data" / "sagemaker"
    newest = max(folder.glob("*/service-2.json.gz"))
    return orjson.loads(gzip.decompress(newest.read_bytes()))


@cache
def request(step_type: str) -> StructureShape:
    """Return the shape of a step's Arguments."""
    return _structure(sagemaker().operation_model(CALLS[step_type][0]).input_shape)


@cache
def response(step_type: str) -> StructureShape:
    """Return the shape that `Steps.<name>.…` refers into."""
    return _structure(sagemaker().operation_model(CALLS[step_type][1]).output_shape)


@cache
def enumeration(shape: str) -> tuple[str, ...]:
    """Return the values of an enumeration, for example TrainingInstanceType."""
    return tuple(getattr(sagemaker().shape_for(shape), "enum", ()))


def _structure(shape: Shape | None) -> StructureShape:
    if not isinstance(shape, StructureShape):
        raise TypeError(f"{shape} is not a structure")
    return shape
