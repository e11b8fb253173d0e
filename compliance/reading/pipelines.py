"""The steps of a SageMaker pipeline: its definition is JSON inside a property.

https://docs.aws.amazon.com/sagemaker/latest/dg/define-pipeline.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from compliance.intrinsics import Unknown
from compliance.reading.documents import parsed
from compliance.resources import Resource

PIPELINE = "AWS::SageMaker::Pipeline"


@dataclass(frozen=True, slots=True)
class Step:
    """A step with the request that it makes; what only a run knows is Unknown in it."""

    name: str
    type: str
    arguments: dict[str, Any]


def steps(pipeline: Resource) -> Iterator[Step]:
    """Yield the steps of a pipeline, those inside conditions included.

    Raises IndeterminateError when the definition is not in the template.
    """
    held = pipeline.get("PipelineDefinition", default={})
    body = held.get("PipelineDefinitionBody")
    if body is None:
        body = Unknown("a definition in S3") if "PipelineDefinitionS3Location" in held else {}
    yield from _steps(parsed(body, "PipelineDefinition").get("Steps", ()))


def _steps(given: Any) -> Iterator[Step]:
    for step in given:
        arguments = _run(step.get("Arguments", {}))
        yield Step(str(step.get("Name")), str(step.get("Type")), arguments)
        for branch in ("IfSteps", "ElseSteps"):
            yield from _steps(step.get("Arguments", {}).get(branch, ()))


def _run(value: Any) -> Any:
    """Return a value with what a run fills in as Unknown: whoever starts it may change it."""
    if isinstance(value, list):
        return [_run(member) for member in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Get"}:
        return Unknown(f"the pipeline's {value['Get']}")
    if any(key.startswith("Std:") for key in value):
        return Unknown("a value that the pipeline puts together")
    return {key: _run(member) for key, member in value.items()}
