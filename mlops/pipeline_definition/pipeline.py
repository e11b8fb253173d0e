"""A pipeline: parameters and steps, written as the JSON of version 2020-12-01."""

from dataclasses import dataclass

from mlops.pipeline_definition.check import check
from mlops.pipeline_definition.errors import DefinitionError
from mlops.pipeline_definition.references import Execution, Json, Parameter, encode
from mlops.pipeline_definition.steps import Step

VERSION = "2020-12-01"


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """What `AWS::SageMaker::Pipeline` takes as its definition and what the local runner runs."""

    name: str
    parameters: tuple[Parameter, ...] = ()
    steps: tuple[Step, ...]

    def to_definition(self) -> dict[str, Json]:
        """Return the definition after checking it.

        Strings may hold CDK tokens: hand the result to `Stack.to_json_string`.
        Raises DefinitionError with one sentence a mistake.
        """
        definition: dict[str, Json] = {
            "Version": VERSION,
            "Metadata": {},
            "Parameters": [parameter.declaration() for parameter in self.parameters],
            "PipelineExperimentConfig": {
                "ExperimentName": Execution.PIPELINE_NAME.to_json(),
                "TrialName": Execution.ID.to_json(),
            },
            "Steps": encode(self.steps),
        }
        if problems := check(definition):
            raise DefinitionError(self.name, problems)
        return definition
