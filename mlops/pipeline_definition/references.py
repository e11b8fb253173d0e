"""Values that SageMaker fills in while a pipeline runs: parameters, step outputs, joins.

`encode` turns them, and anything that holds them, into the JSON of a pipeline definition.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

Json = Any
"""What `json.dumps` takes; strings may hold CDK tokens."""


@dataclass(frozen=True)
class Get:
    """A value known only while the pipeline runs, for example `Steps.Train.TrainingJobName`."""

    path: str

    def to_json(self) -> Json:
        """Return the reference as the definition writes it."""
        return {"Get": self.path}


class Execution(StrEnum):
    """What a run knows about itself."""

    PIPELINE_NAME = "Execution.PipelineName"
    PIPELINE_ARN = "Execution.PipelineArn"
    ID = "Execution.PipelineExecutionId"
    ARN = "Execution.PipelineExecutionArn"
    STARTED = "Execution.StartDateTime"
    NOW = "Execution.CurrentDateTime"

    def to_json(self) -> Json:
        """Return the reference as the definition writes it."""
        return {"Get": self.value}


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A value that may be given when the pipeline is started."""

    name: str
    type: Literal["String", "Integer", "Float", "Boolean"] = "String"
    default: str | int | float | bool | None = None
    allowed: tuple[str, ...] = ()

    def to_json(self) -> Json:
        """Return a reference to the parameter."""
        return {"Get": f"Parameters.{self.name}"}

    def declaration(self) -> Json:
        """Return the entry in the definition's list of parameters."""
        declared: dict[str, Json] = {"Name": self.name, "Type": self.type}
        if self.default is not None:
            declared["DefaultValue"] = self.default
        if self.allowed:
            declared["EnumValues"] = list(self.allowed)
        return declared


@dataclass(frozen=True)
class Join:
    """Strings put together while the pipeline runs."""

    on: str
    values: Sequence[Any]

    def to_json(self) -> Json:
        """Return the join as the definition writes it."""
        return {"Std:Join": {"On": self.on, "Values": encode(self.values)}}


@dataclass(frozen=True, kw_only=True)
class PropertyFile:
    """A JSON file among a processing step's outputs that later steps read values from."""

    name: str
    output: str
    path: str

    def to_json(self) -> Json:
        """Return the declaration in its step."""
        return {
            "PropertyFileName": self.name,
            "OutputName": self.output,
            "FilePath": self.path,
        }


@dataclass(frozen=True, kw_only=True)
class JsonGet:
    """One value of a property file; `path` is dotted, for example `metrics.auc.value`."""

    step: str
    file: str
    path: str

    def to_json(self) -> Json:
        """Return the look-up as the definition writes it."""
        file = {"Get": f"Steps.{self.step}.PropertyFiles.{self.file}"}
        return {"Std:JsonGet": {"PropertyFile": file, "Path": self.path}}


def encode(value: Any) -> Json:
    """Turn references, dataclasses with `to_json`, mappings and sequences into plain JSON."""
    if hasattr(value, "to_json"):
        return value.to_json()
    if isinstance(value, Mapping):
        return {key: encode(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [encode(item) for item in value]
    return value
