"""SageMaker jobs, wherever they are described.

That is a definition of CloudFormation, a step of a pipeline or a task of a state machine: their
safeguards have the same names everywhere.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from compliance.reading.checks import expect, look, objects, own_key, present, problem
from compliance.reading.pipelines import PIPELINE, steps
from compliance.reading.states import MACHINE, tasks
from compliance.resources import Resource
from compliance.rule import Context, Problem

# Instances with local disks encrypt them in hardware and take no VolumeKmsKeyId:
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html
LOCAL_DISK = re.compile(
    r"ml\.(g4dn|g5|g6e?|gr6|p3dn|p4de?|p5\w*|p6\w*|trn\w+|i\d\w*|[cmr]\d+[ai]?g?d\w*)\."
)
MONITORING = "AWS::SageMaker::MonitoringSchedule"


@dataclass(frozen=True, slots=True)
class Shape:
    """Where a kind of job keeps its network, instances and results."""

    network: str | None
    cluster: str = ""
    output: str = ""
    own_endpoint: bool = False
    """It calls an endpoint of its own to explain a model, so it cannot be cut off."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job: what its findings begin with, where its safeguards stand, and its properties."""

    place: str
    shape: Shape
    body: dict[str, Any]


_PROCESSING = Shape("NetworkConfig.", "ProcessingResources.ClusterConfig", "ProcessingOutputConfig")
_TRAINING = Shape("", "ResourceConfig", "OutputDataConfig")
_TRANSFORM = Shape(None, "TransformResources", "TransformOutput")
_MODEL = Shape("")


def _monitor(kind: str, *, own_endpoint: bool = False) -> Shape:
    return Shape(
        "NetworkConfig.", "JobResources.ClusterConfig", f"{kind}JobOutputConfig", own_endpoint
    )


_DEFINITIONS = {
    "AWS::SageMaker::DataQualityJobDefinition": _monitor("DataQuality"),
    "AWS::SageMaker::ModelQualityJobDefinition": _monitor("ModelQuality"),
    "AWS::SageMaker::ModelBiasJobDefinition": _monitor("ModelBias", own_endpoint=True),
    "AWS::SageMaker::ModelExplainabilityJobDefinition": _monitor(
        "ModelExplainability", own_endpoint=True
    ),
    "AWS::SageMaker::ProcessingJob": _PROCESSING,
}
_SCHEDULE = Shape("NetworkConfig.", "MonitoringResources.ClusterConfig", "MonitoringOutputConfig")
_STEPS = {
    **dict.fromkeys(("Processing", "QualityCheck", "ClarifyCheck"), _PROCESSING),
    "Training": _TRAINING,
    "Transform": _TRANSFORM,
    "Model": _MODEL,
}
_CALLS = {
    "createProcessingJob": _PROCESSING,
    "createTrainingJob": _TRAINING,
    "createTransformJob": _TRANSFORM,
    "createModel": _MODEL,
}
TYPES = (*_DEFINITIONS, MONITORING, PIPELINE, MACHINE)


def jobs(resource: Resource) -> Iterator[Job]:
    """Yield the jobs and models that a resource describes.

    Raises IndeterminateError when they stand where no template shows them.
    """
    if shape := _DEFINITIONS.get(resource.type):
        yield Job("", shape, resource.properties)
    elif resource.type == MONITORING:
        path = "MonitoringScheduleConfig.MonitoringJobDefinition"
        if inline := look(resource, path):
            yield Job(path, _SCHEDULE, inline)
    elif resource.type == PIPELINE:
        for step in steps(resource):
            yield from _requests(step.name, _STEPS.get(step.type), step.arguments, step.type)
    else:
        for task in tasks(resource):
            call = re.search(r":sagemaker:(\w+)", task.calls)
            yield from _requests(
                task.name, _CALLS.get(call[1]) if call else None, task.arguments, call and call[1]
            )


def describes(*, network: bool) -> Callable[[Resource, Context], bool]:
    """Return a question whether a resource describes jobs with a network, or with disks."""

    def applies(resource: Resource, _: Context) -> bool:
        return any(
            job.shape.network is not None if network else job.shape.cluster
            for job in jobs(resource)
        )

    return applies


def _requests(
    place: str, shape: Shape | None, arguments: dict[str, Any], kind: str | None
) -> Iterator[Job]:
    if shape:
        yield Job(place, shape, arguments)
    elif kind in ("Tuning", "createHyperParameterTuningJob"):
        key = "TrainingJobDefinition"
        for one in (*objects(arguments, key), *objects(arguments, f"{key}s")):
            yield Job(f"{place}.{one.get('DefinitionName', key)}", _TRAINING, one)


def network_problems(job: Job) -> Iterator[Problem]:
    """Yield what lets a job reach, or its traffic be read by, what is not ours."""
    if (at := job.shape.network) is None:
        return
    if not job.shape.own_endpoint:
        yield from expect(job.body, f"{at}EnableNetworkIsolation", True, place=job.place)
    for key in ("Subnets", "SecurityGroupIds"):
        yield from present(job.body, f"{at}VpcConfig.{key}", place=job.place)
    if job.shape.cluster:
        yield from expect(
            job.body, f"{at}EnableInterContainerTrafficEncryption", True, place=job.place
        )


def encryption_problems(job: Job, context: Context) -> Iterator[Problem]:
    """Yield the disks and results of a job that no key of ours encrypts."""
    if not job.shape.cluster:
        return
    yield from own_key(job.body, f"{job.shape.output}.KmsKeyId", context, place=job.place)
    groups = objects(job.body, f"{job.shape.cluster}.InstanceGroups")
    cluster = look(job.body, job.shape.cluster, {})
    path = f"{job.shape.cluster}.VolumeKmsKeyId"
    if cluster.get("VolumeKmsKeyId") is None:
        kinds = [str(one.get("InstanceType", "")) for one in (*groups, cluster)]
        if not any(LOCAL_DISK.match(kind) for kind in kinds):
            yield problem(job.place, path, "is not set", "no key of ours encrypts its disks")
    else:
        yield from own_key(job.body, path, context, place=job.place)
