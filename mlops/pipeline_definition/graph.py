"""The graph of a definition: references that lead nowhere, cycles, steps that never run."""

import re
from collections.abc import Iterator
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from mlops.pipeline_definition.errors import Problem
from mlops.pipeline_definition.references import Execution
from mlops.pipeline_definition.service import CALLS, response, sagemaker
from mlops.pipeline_definition.structure import near
from mlops.pipeline_definition.walk import Branch, Placed, Use, uses

EXECUTION = {
    *(variable.value for variable in Execution),
    *("Execution.TrainingJobName", "Execution.ProcessingJobName"),
}
_PART = re.compile(r"\.?([A-Za-z0-9_]+)|\[(\d+)\]|\['([^']+)'\]")
# What a tuning step has beside the answer of its describe call.
TUNING_EXTRA = "TrainingJobSummaries"
CHECK_PROPERTIES = (
    *("CalculatedBaselineConstraints", "CalculatedBaselineStatistics"),
    *("BaselineUsedForDriftCheckConstraints", "BaselineUsedForDriftCheckStatistics"),
)


def edges(step: Placed) -> set[str]:
    """Name the steps that must end before this one: by reference, DependsOn or branch."""
    found = {use.path.split(".")[1] for use in uses(step.own()) if _is_step(use.path)}
    found.update(name for name in step.json.get("DependsOn", []) if isinstance(name, str))
    if step.branch:
        found.add(step.branch[-1][0])
    return found


def _is_step(path: str) -> bool:
    return path.startswith("Steps.") and path.count(".") >= 1


def graph(definition: dict[str, Any], placed: list[Placed]) -> Iterator[Problem]:
    """Yield what is wrong with references, order and branches."""
    by_name = {step.name: step for step in placed}
    parameters = {p.get("Name") for p in definition.get("Parameters", [])}
    for step in placed:
        for use in uses(step.own()):
            yield from _reference(step, use, by_name, parameters)
        for name in step.json.get("DependsOn", []):
            if name not in by_name:
                yield Problem(
                    step.name, "DependsOn", f"there is no step {name}; {near(str(name), by_name)}"
                )
        for name in sorted(edges(step) & by_name.keys()):
            yield from _order(step, by_name[name])
    yield from _cycle(placed)


def _reference(
    step: Placed, use: Use, by_name: dict[str, Placed], parameters: set[Any]
) -> Iterator[Problem]:
    kind, _, rest = use.path.partition(".")
    if kind == "Parameters":
        if rest not in parameters:
            given = {str(p) for p in parameters}
            yield Problem(step.name, use.key, f"there is no parameter {rest}; {near(rest, given)}")
    elif kind == "Execution":
        if use.path not in EXECUTION:
            yield Problem(step.name, use.key, f"{use.path} is unknown; {near(use.path, EXECUTION)}")
    elif kind == "Steps":
        target, _, path = rest.partition(".")
        if target not in by_name:
            yield Problem(step.name, use.key, f"there is no step {target}; {near(target, by_name)}")
        else:
            yield from _property(step, use, by_name[target], path)
    else:
        yield Problem(
            step.name,
            use.key,
            f"{use.path} is no reference; Parameters, Execution or Steps is allowed",
        )


def _property(step: Placed, use: Use, target: Placed, path: str) -> Iterator[Problem]:
    if use.value_path is not None or path.startswith("PropertyFiles."):
        name = path.removeprefix("PropertyFiles.")
        names = {f.get("PropertyFileName") for f in target.json.get("PropertyFiles", [])}
        if not path.startswith("PropertyFiles.") or name not in names:
            wrong = f"step {target.name} has no property file {name}; {near(name, names)}"
            yield Problem(step.name, use.key, wrong)
        return
    if wrong_part := _unknown_part(target, path):
        yield Problem(step.name, use.key, f"step {target.name} ({target.type}) {wrong_part}")


def _unknown_part(target: Placed, path: str) -> str | None:
    """Say which part of a property path the step will not have; None when all is well."""
    if target.type in ("Lambda", "Callback"):
        outputs = {o.get("OutputName") for o in target.json.get("OutputParameters", [])}
        match = re.fullmatch(r"OutputParameters\['([^']+)'\]", path)
        if match is None:
            return f"has OutputParameters['name'] only, not {path}"
        return (
            None if match[1] in outputs else f"has no output {match[1]}; {near(match[1], outputs)}"
        )
    if target.type in ("QualityCheck", "ClarifyCheck") and path in CHECK_PROPERTIES:
        return None
    if target.type not in CALLS:
        return None if target.type == "EMR" else "has no properties to refer to"
    if path.startswith("ProcessingOutputConfig.Outputs['"):
        outputs = _outputs(target)
        name = path.split("'")[1]
        if name not in outputs:
            return f"has no output {name}; {near(name, outputs)}"
    found = shape_of(target.type, path)
    return found if isinstance(found, str) else None


def _outputs(target: Placed) -> set[str]:
    config = target.arguments.get("ProcessingOutputConfig")
    outputs = config.get("Outputs") if isinstance(config, dict) else None
    items = outputs if isinstance(outputs, list) else []
    return {str(item.get("OutputName")) for item in items if isinstance(item, dict)}


def shape_of(step_type: str, path: str) -> Shape | str:
    """Follow a property path through the answer of the describe call; say where it ends."""
    shape: Shape = response(step_type)
    if step_type == "Tuning" and path.startswith(TUNING_EXTRA):
        path = re.sub(rf"^{TUNING_EXTRA}\[\d+\]\.?", "", path)
        shape = sagemaker().shape_for("HyperParameterTrainingJobSummary")
    position = 0
    while position < len(path):
        part = _PART.match(path, position)
        if part is None:
            return f"has no property {path}"
        position = part.end()
        if isinstance(shape, StructureShape) and part[1]:
            if part[1] not in shape.members:
                return (
                    f"has no property {path}: {part[1]} is unknown; {near(part[1], shape.members)}"
                )
            shape = shape.members[part[1]]
        elif isinstance(shape, ListShape) and not part[1]:
            shape = shape.member
        elif isinstance(shape, MapShape):
            shape = shape.value
        else:
            return f"has no property {path}"
    return shape


def _order(step: Placed, before: Placed) -> Iterator[Problem]:
    if before.type == "Fail":
        yield Problem(
            step.name, "", f"never runs: it waits for step {before.name}, which ends the pipeline"
        )
    common = _common(step.branch, before.branch)
    if len(common) < len(before.branch):
        condition, side = before.branch[len(common)]
        other = step.branch[len(common)][0] if len(step.branch) > len(common) else None
        reason = "the other branch" if other == condition else f"{side} of step {condition}"
        yield Problem(
            step.name, "", f"may never run: it waits for step {before.name}, which is in {reason}"
        )


def _common(one: Branch, other: Branch) -> Branch:
    length = 0
    while length < min(len(one), len(other)) and one[length] == other[length]:
        length += 1
    return one[:length]


def _cycle(placed: list[Placed]) -> Iterator[Problem]:
    waiting = {step.name: edges(step) & {s.name for s in placed} for step in placed}
    while ready := [name for name, before in waiting.items() if not before & waiting.keys()]:
        for name in ready:
            del waiting[name]
    if not waiting:
        return
    name = min(waiting)
    path: list[str] = []
    while name not in path:
        path.append(name)
        name = min(waiting[name] & waiting.keys())
    circle = [*path[path.index(name) :], name]
    yield Problem(circle[0], "", f"waits for itself: {' -> '.join(circle)}")
