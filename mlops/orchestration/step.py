"""One step of a definition, carried out in SageMaker for another orchestrator.

`python3 -m mlops.orchestration.step` is what a Kubeflow task runs; an Airflow task calls `execute`.
"""

import argparse
import hashlib
import json
import re
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlops.pipeline_definition.service import CALLS
from mlops.pipeline_definition.walk import Placed, steps
from mlops.runner.conditions import holds
from mlops.runner.errors import StepFailedError
from mlops.runner.resolve import Resolver, parameters_of

POLL_SECONDS = 20.0
_ENDED = ("Completed", "Failed", "Stopped")
_STATUS = {
    "Processing": "ProcessingJobStatus",
    "Training": "TrainingJobStatus",
    "Tuning": "HyperParameterTuningJobStatus",
    "Transform": "TransformJobStatus",
}
_LONGEST_NAME = 32


Clients = Callable[[str], Any]
"""`boto3.client`, or what stands for it."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """A step to be carried out, and what it may refer to."""

    definition: dict[str, Any]
    step: str
    pipeline: str
    execution: str
    """Identifies the run; SageMaker job names end with a hash of it."""
    parameters: Mapping[str, str]
    results: Mapping[str, Any]
    """What `execute` returned for the steps that this one waits for."""


def execute(request: Request, clients: Clients, *, poll: float = POLL_SECONDS) -> dict[str, Any]:
    """Carry out a step and wait for its end; return its properties as JSON.

    A condition returns its `outcome`. Raises StepFailedError with the reason when the step fails,
    and for a Fail step.
    """
    step = next(s for s in steps(request.definition) if s.name == request.step)
    with tempfile.TemporaryDirectory() as folder:
        resolver = _resolver(request, clients, Path(folder))
        if step.type == "Condition":
            taken = all(holds(c, resolver) for c in step.arguments["Conditions"])
            return {"outcome": "IfSteps" if taken else "ElseSteps"}
        if step.type == "Fail":
            raise StepFailedError(str(resolver.resolve(step.arguments["ErrorMessage"])))
        if step.type not in CALLS or step.type.endswith("Check"):
            raise StepFailedError(f"a {step.type} step runs in SageMaker Pipelines only")
        arguments = resolver.resolve(step.arguments)
    return _call(step, arguments, request, clients("sagemaker"), poll)


def _call(
    step: Placed, arguments: dict[str, Any], request: Request, client: Any, poll: float
) -> dict[str, Any]:
    create, describe, key = CALLS[step.type]
    if step.type == "RegisterModel":
        arn = client.create_model_package(**arguments)["ModelPackageArn"]
        return {"ModelPackageArn": arn}
    name = job_name(request, step.name)
    getattr(client, _snake(create))(**{key: name}, **arguments)
    while True:
        described = getattr(client, _snake(describe))(**{key: name})
        status = described.get(_STATUS.get(step.type, ""), "Completed")
        if status in _ENDED:
            break
        time.sleep(poll)
    if status != "Completed":
        reason = described.get("ExitMessage") or described.get("FailureReason") or status
        raise StepFailedError(f"step {step.name}: {reason}")
    properties: dict[str, Any] = json.loads(json.dumps(described, default=str))
    properties.pop("ResponseMetadata", None)
    return properties


def job_name(request: Request, step: str) -> str:
    """Return a name that only this step of this run has: tuning jobs may have 32 characters."""
    execution = hashlib.sha256(f"{request.pipeline}/{request.execution}".encode()).hexdigest()[:12]
    room = _LONGEST_NAME - len(execution) - 1
    return f"{step[:room].rstrip('-')}-{execution}"


def _resolver(request: Request, clients: Clients, folder: Path) -> Resolver:
    execution = {
        "Execution.PipelineName": request.pipeline,
        "Execution.PipelineExecutionId": request.execution,
    }
    resolver = Resolver(
        parameters=parameters_of(request.definition, dict(request.parameters)),
        execution=execution,
        properties=dict(request.results),
    )
    for step in steps(request.definition):
        for file in step.json.get("PropertyFiles", []) if step.name in request.results else ():
            place = f"ProcessingOutputConfig.Outputs['{file['OutputName']}'].S3Output.S3Uri"
            uri = resolver.resolve({"Get": f"Steps.{step.name}.{place}"})
            bucket, _, key = uri.removeprefix("s3://").partition("/")
            local = folder / f"{step.name}.{file['PropertyFileName']}"
            body = clients("s3").get_object(Bucket=bucket, Key=f"{key}/{file['FilePath']}")
            local.write_bytes(body["Body"].read())
            resolver.files[step.name, file["PropertyFileName"]] = local
    return resolver


def _snake(call: str) -> str:
    """Turn CreateHyperParameterTuningJob into create_hyper_parameter_tuning_job."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", call).lower()


def main(arguments: list[str]) -> int:
    """Carry out a step for a Kubeflow task; 1 with the reason when it fails."""
    import boto3  # noqa: PLC0415 (tests bring their own clients)

    parser = argparse.ArgumentParser(prog="mlops.orchestration.step")
    for name in ("definition", "step", "pipeline", "execution", "out", "outcome"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--parameter", action="append", nargs=2, default=[])
    parser.add_argument("--result", action="append", nargs=2, default=[])
    given = parser.parse_args(arguments)
    request = Request(
        definition=json.loads(given.definition),
        step=given.step,
        pipeline=given.pipeline,
        execution=given.execution,
        parameters=dict(given.parameter),
        results={name: json.loads(text) for name, text in given.result},
    )
    try:
        found = execute(request, boto3.client)  # type: ignore[arg-type]
    except StepFailedError as error:
        sys.stderr.write(f"{error.reason}\n")
        return 1
    for place, text in ((given.out, json.dumps(found)), (given.outcome, found.get("outcome", ""))):
        Path(place).parent.mkdir(parents=True, exist_ok=True)
        Path(place).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
