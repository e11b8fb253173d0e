"""A definition as a Kubeflow pipeline: a module that `kfp` compiles (`python3 <name>_kfp.py`)."""

import json
import re
from pathlib import Path
from typing import Any

from mlops.orchestration.plan import Task, tasks
from mlops.pipeline_definition.walk import steps

_HEAD = '''\
"""The pipeline {name}, generated from its definition: change that, not this."""

import sys

from kfp import compiler, dsl

IMAGE = {image!r}
NAME = {name!r}
DEFINITION = {definition!r}
'''
_COMPONENT = '''

@dsl.container_component
def {function}({inputs}properties: dsl.OutputPath(str), outcome: dsl.OutputPath(str)):
    """Step {step} ({type})."""
    return dsl.ContainerSpec(
        image=IMAGE,
        command=["python3", "-m", "mlops.orchestration.step"],
        args=[
            *("--definition", DEFINITION, "--step", "{step}", "--pipeline", NAME),
            *("--execution", execution),
{arguments}            *("--out", properties, "--outcome", outcome),
        ],
    )
'''
_TAIL = """

if __name__ == "__main__":
    compiler.Compiler().compile(pipeline, sys.argv[1])
"""
_TYPES = {"String": "str", "Integer": "int", "Float": "float", "Boolean": "bool"}
_IMAGES = {"AppSpecification": "ImageUri", "AlgorithmSpecification": "TrainingImage"}


def write(definition: dict[str, Any], folder: Path, *, name: str, image: str | None = None) -> Path:
    """Write <name>_kfp.py into a folder; return its path.

    `image` has this package and boto3; absent, it is the step image, that of the first job. Raises
    DefinitionError when the definition is wrong, ValueError when it has no job with an image.
    """
    planned = tasks(definition, name)
    image = image or _image(definition)
    parameters = {p["Name"]: p for p in definition["Parameters"]}
    head = _HEAD.format(name=name, image=image, definition=json.dumps(definition))
    parts = [head, *(_component(task, parameters) for task in planned)]
    parts += [_pipeline(planned, parameters), _TAIL]
    folder.mkdir(parents=True, exist_ok=True)
    module = folder / f"{name}_kfp.py"
    module.write_text("".join(parts), encoding="utf-8")
    return module


def _image(definition: dict[str, Any]) -> str:
    for step in steps(definition):
        for job, key in _IMAGES.items():
            if found := step.arguments.get(job, {}).get(key):
                return str(found)
    raise ValueError("the definition has no job with an image; give --image")


def _component(task: Task, parameters: dict[str, Any]) -> str:
    given = [_snake(name) for name in task.after]
    kinds = [f"{_snake(p)}: {_TYPES[parameters[p]['Type']]}" for p in parameters]
    inputs = ["execution: str", *kinds, *(f"after_{name}: str" for name in given)]
    lines = [f'            *("--parameter", "{p}", {_snake(p)}),\n' for p in parameters]
    lines += [f'            *("--result", "{n}", after_{_snake(n)}),\n' for n in task.after]
    return _COMPONENT.format(
        function=f"step_{_snake(task.name)}",
        inputs="".join(f"{item}, " for item in inputs),
        step=task.name,
        type=task.type,
        arguments="".join(lines),
    )


def _pipeline(planned: list[Task], parameters: dict[str, Any]) -> str:
    given = ", ".join(
        f"{_snake(p)}: {_TYPES[value['Type']]} = {value.get('DefaultValue')!r}"
        for p, value in parameters.items()
    )
    lines = ["\n\n@dsl.pipeline(name=NAME)", f"def pipeline({given}):"]
    lines.append('    """The steps in their order."""')
    return "\n".join([*lines, *_block(planned, (), parameters)]) + "\n"


def _block(
    planned: list[Task], branch: tuple[tuple[str, str], ...], parameters: dict[str, Any]
) -> list[str]:
    """Return the lines of the steps in a branch, its inner branches below them."""
    indent = "    " * (len(branch) + 1)
    lines = []
    for task in planned:
        if task.branch != branch:
            continue
        variable = _snake(task.name)
        arguments = ["execution=dsl.PIPELINE_JOB_ID_PLACEHOLDER"]
        arguments += [f"{_snake(p)}={_snake(p)}" for p in parameters]
        arguments += [
            f'after_{_snake(n)}=did_{_snake(n)}.outputs["properties"]' for n in task.after
        ]
        lines.append(f"{indent}did_{variable} = step_{variable}({', '.join(arguments)})")
        for side in ("IfSteps", "ElseSteps") if task.type == "Condition" else ():
            inside = (*branch, (task.name, side))
            if inner := _block(planned, inside, parameters):
                condition = f'did_{variable}.outputs["outcome"] == "{side}"'
                lines += [f"{indent}with dsl.If({condition}):", *inner]
    return lines


def _snake(name: str) -> str:
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^a-z0-9_]", "_", parts.lower())
